import type { SeedCharacter } from "./character.ts";

/** The characters the catalogue starts with: one for each material, and 이코 for everyone. */
export const CHARACTERS: readonly SeedCharacter[] = [
  {
    code: "char-paepy",
    name: "페이피",
    matchLabel: "종이",
    dialog: "테이프를 떼고 착착 펼쳐 줘서 고마워! 나, 다음엔 새 공책으로 태어날지도 몰라.",
    isDefault: false,
  },
  {
    code: "char-factory",
    name: "팩토리",
    matchLabel: "종이팩",
    dialog: "나를 종이랑 헷갈리지 않았구나? 헹구고 말려 주면 보송보송한 휴지로 변신할게!",
    isDefault: false,
  },
  {
    code: "char-petty",
    name: "페티",
    matchLabel: "무색페트병",
    dialog: "라벨은 떼고, 꾹 밟고, 뚜껑은 꼭! 투명한 내 마음이 다시 새 병이 될 거야.",
    isDefault: false,
  },
  {
    code: "char-plea",
    name: "플리",
    matchLabel: "플라스틱류",
    dialog: "뽀득뽀득 헹궈 줘서 기분 최고야! 펌프나 고무 패킹은 먼저 떼어 주는 거, 잊지 마.",
    isDefault: false,
  },
  {
    code: "char-bini",
    name: "비니",
    matchLabel: "비닐류",
    dialog: "딱지로 접으면 답답해! 활짝 펴서 친구들과 함께 모아 주면 바스락바스락 춤출게.",
    isDefault: false,
  },
  {
    code: "char-foamy",
    name: "폼이",
    matchLabel: "발포합성수지",
    dialog: "테이프를 떼니까 몸이 날아갈 것 같아! 하얗고 깨끗한 나를 부수지 말고 묶어 줘.",
    isDefault: false,
  },
  {
    code: "char-glassy",
    name: "글래시",
    matchLabel: "유리병",
    dialog:
      "쨍그랑은 싫어요, 살살 다뤄 주세요! 보증금 표시가 있는 병은 가게로 데려다주면 더 좋고요.",
    isDefault: false,
  },
  {
    code: "char-metally",
    name: "메탈리",
    matchLabel: "금속류",
    dialog: "녹여도 녹여도 다시 태어나는 강철 체력, 바로 나야! 캔은 비우고 헹궈서 꾹 눌러 줘.",
    isDefault: false,
  },
  {
    code: "char-cotton",
    name: "코튼",
    matchLabel: "의류및원단",
    dialog: "깨끗이 빨아 줘서 포근해! 주머니 속에 깜빡한 물건은 없는지 한 번만 더 살펴봐 줘.",
    isDefault: false,
  },
  {
    code: "char-battery",
    name: "배리",
    matchLabel: "전지",
    dialog: "다 쓴 나도 마지막까지 조심조심! 단자를 테이프로 감싸서 수거함에 넣으면 안심이야.",
    isDefault: false,
  },
  {
    code: "char-lighty",
    name: "라이티",
    matchLabel: "조명제품",
    dialog: "반짝이던 나를 깨지지 않게 데려와 줬구나! 수거함까지 살금살금, 오늘은 네가 빛나.",
    isDefault: false,
  },
  {
    code: "char-electric",
    name: "일렉",
    matchLabel: "전기전자제품",
    dialog: "찌릿찌릿, 고마워! 내 안의 금속은 보물이거든. 내놓기 전에 개인정보는 꼭 지워 줘.",
    isDefault: false,
  },
  {
    code: "char-eco",
    name: "이코",
    matchLabel: null,
    dialog: "만나서 반가워! 비우고, 헹구고, 분리하고, 섞지 않기. 오늘부터 나랑 같이해 보자.",
    isDefault: true,
  },
];
