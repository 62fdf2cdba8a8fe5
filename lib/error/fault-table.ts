/**
 * Every error Eco² tells a client: HTTP status, a title for developers, and the sentence that a user of
 * the app reads. The last argument is what a worker does with the message it failed on:
 *
 * - `fail`, unless said otherwise: ends the scan at once, since another try would not help
 * - `retry`: sends the message to a retry queue
 * - `wait`: defers it, which is a retry that counts no try; a backing service is away or a model has no
 *   capacity, which says nothing about the message
 * - `bug`: a defect; the message goes to the dead letters for a person to see
 */
export const FAULTS = {
  MALFORMED_JSON: f(400, "Malformed JSON", "요청 본문이 올바른 JSON이 아니에요."),
  VALIDATION_FAILED: f(400, "Invalid request", "요청 값이 올바르지 않아요."),
  IMAGE_URL_REQUIRED: f(400, "image_url is required", "사진 주소(image_url)가 필요해요."),
  IMAGE_URL_INVALID: f(400, "image_url is not usable", "사진 주소가 올바르지 않아요."),
  IMAGE_HOST_NOT_ALLOWED: f(
    400,
    "Image host is not allowed",
    "허용되지 않은 곳에 있는 사진이에요. 앱에서 사진을 올려 주세요.",
  ),
  IMAGE_ADDRESS_PRIVATE: f(
    400,
    "Image host resolves to a private address",
    "열 수 없는 주소의 사진이에요.",
  ),
  IMAGE_REDIRECTED: f(422, "Image URL redirects", "다른 곳으로 넘어가는 사진 주소는 쓸 수 없어요."),
  IMAGE_NOT_FOUND: f(422, "Image could not be fetched", "사진을 찾을 수 없어요."),
  IMAGE_EMPTY: f(422, "Image is empty", "빈 파일이에요. 사진을 다시 올려 주세요."),
  IMAGE_TOO_LARGE: f(413, "Image is too large", "사진 용량이 너무 커요. 10MB까지 올릴 수 있어요."),
  IMAGE_TYPE_UNSUPPORTED: f(
    415,
    "Not a JPEG, PNG or WebP image",
    "JPEG, PNG, WebP 사진만 쓸 수 있어요. 다른 형식은 JPEG로 저장해서 올려 주세요.",
  ),
  IMAGE_HEIF_UNSUPPORTED: f(
    415,
    "HEIC or AVIF image that cannot be taken as it is",
    "아이폰 사진 형식(HEIC)이나 AVIF라서 읽을 수 없어요. 아이폰은 설정 > 카메라 > 포맷에서 '높은 호환성'을 고르거나, " +
      "JPEG로 저장해서 올려 주세요.",
  ),
  IMAGE_TOO_MANY_PIXELS: f(
    422,
    "Image has too many pixels",
    "사진의 가로세로 크기가 너무 커요. 더 작은 사진을 올려 주세요.",
  ),
  IMAGE_CORRUPT: f(422, "Image cannot be decoded", "사진 파일이 손상되었어요."),
  IMAGE_UNREACHABLE: f(503, "Image host did not answer", "사진을 불러오지 못했어요.", "retry"),
  IMAGE_CHANNEL_UNKNOWN: f(404, "Unknown image channel", "알 수 없는 이미지 채널이에요."),
  UPLOAD_NOT_FOUND: f(404, "No such upload", "올린 사진을 찾을 수 없어요."),
  UPLOAD_SIGNATURE_INVALID: f(
    403,
    "Upload signature is wrong or expired",
    "업로드 주소가 만료되었거나 올바르지 않아요. 다시 시도해 주세요.",
  ),
  UPLOAD_NOT_AS_DECLARED: f(
    403,
    "Content-Type or Content-Length is not the declared one",
    "처음에 알려 준 형식이나 용량과 다른 사진이에요. 사진을 다시 골라 올려 주세요.",
  ),
  UPLOAD_UNDECLARED: f(
    400,
    "content_type and size are required",
    "올릴 사진의 형식(content_type)과 용량(size)을 알려 주세요.",
  ),
  USER_INPUT_TOO_LONG: f(
    400,
    "user_input is too long",
    "질문이 너무 길어요. 1,000자까지 쓸 수 있어요.",
  ),
  UNSUPPORTED_MODEL: f(400, "Unsupported model", "지원하지 않는 모델이에요."),
  INVALID_JOB_ID: f(400, "job_id is not a UUID", "작업 번호가 올바르지 않아요."),
  INVALID_CURSOR: f(400, "cursor is not valid", "페이지 위치가 올바르지 않아요."),
  IDEMPOTENCY_KEY_INVALID: f(
    400,
    "Idempotency key must be 1 to 255 visible ASCII characters",
    "멱등 키가 올바르지 않아요.",
  ),
  IDEMPOTENCY_IN_FLIGHT: f(
    409,
    "The first request with this key is still being handled",
    "같은 요청을 처리하고 있어요. 잠시만 기다려 주세요.",
  ),
  IDEMPOTENCY_MISMATCH: f(
    422,
    "This key was used with another body",
    "같은 멱등 키로 다른 내용을 보냈어요.",
  ),
  BODY_TOO_LARGE: f(413, "Request body is too large", "요청이 너무 커요."),
  CONTENT_TYPE_UNSUPPORTED: f(
    415,
    "Content-Type must be application/json",
    "요청 형식은 application/json이어야 해요.",
  ),
  CONTENT_ENCODING_UNSUPPORTED: f(
    415,
    "Request body must not be compressed",
    "압축하지 않은 요청만 받을 수 있어요.",
  ),
  CHARSET_UNSUPPORTED: f(415, "Request body must be UTF-8", "요청 본문은 UTF-8로 보내야 해요."),
  RATE_LIMITED: f(
    429,
    "Too many requests of this user",
    "요청이 너무 많아요. 잠시 후 다시 시도해 주세요.",
    "retry",
  ),
  TOO_MANY_SCANS_IN_FLIGHT: f(
    429,
    "Too many scans of this user in flight",
    "아직 끝나지 않은 분석이 너무 많아요. 끝난 뒤에 다시 시도해 주세요.",
    "retry",
  ),
  TOO_MANY_CHATS_IN_FLIGHT: f(
    429,
    "Too many messages of this user wait for their answer",
    "아직 답하지 못한 메시지가 너무 많아요. 답을 받은 뒤에 다시 보내 주세요.",
    "retry",
  ),
  WEBHOOK_URL_INVALID: f(
    400,
    "Webhook URL is not usable",
    "웹훅 주소가 올바르지 않아요. https 주소를 써 주세요.",
  ),
  WEBHOOK_ADDRESS_PRIVATE: f(
    400,
    "Webhook host is on a private address",
    "인터넷에서 열 수 있는 웹훅 주소만 쓸 수 있어요.",
  ),
  WEBHOOK_EVENTS_INVALID: f(
    400,
    "events must name what a webhook is told of",
    "웹훅으로 받을 이벤트가 올바르지 않아요.",
  ),
  INVALID_WEBHOOK_ID: f(400, "Webhook id is not a UUID", "웹훅 번호가 올바르지 않아요."),
  WEBHOOK_NOT_FOUND: f(404, "No such webhook", "웹훅을 찾을 수 없어요."),
  WEBHOOK_DELIVERY_NOT_FOUND: f(404, "No such delivery", "보낸 기록을 찾을 수 없어요."),
  WEBHOOK_DISABLED: f(409, "Webhook is disabled", "꺼져 있는 웹훅이에요. 먼저 켜 주세요."),
  TOO_MANY_WEBHOOKS: f(
    409,
    "User has as many webhooks as may be",
    "웹훅을 더 만들 수 없어요. 쓰지 않는 웹훅을 지워 주세요.",
  ),
  TOO_MANY_STREAMS: f(
    429,
    "Too many event streams of this user",
    "열려 있는 연결이 너무 많아요. 다른 창을 닫고 다시 시도해 주세요.",
    "retry",
  ),
  TOO_MANY_UPLOADS: f(
    429,
    "Too many uploads of this user today",
    "오늘 올릴 수 있는 사진을 모두 올렸어요. 내일 다시 시도해 주세요.",
    "retry",
  ),
  OVERLOADED: f(
    503,
    "Too many requests of all users",
    "지금 이용자가 많아요. 잠시 후 다시 시도해 주세요.",
    "retry",
  ),
  UNAUTHENTICATED: f(401, "Authentication required", "로그인이 필요해요."),
  TOKEN_INVALID: f(401, "Token is malformed or was changed", "로그인이 필요해요."),
  TOKEN_EXPIRED: f(401, "Token has expired", "로그인이 만료되었어요. 다시 로그인해 주세요."),
  TOKEN_ALGORITHM_REFUSED: f(401, "Token is not signed with RS256", "로그인이 필요해요."),
  TOKEN_KEY_UNKNOWN: f(401, "Token names an unknown key", "로그인이 필요해요."),
  TOKEN_ISSUER_WRONG: f(401, "Token is of another issuer", "로그인이 필요해요."),
  TOKEN_AUDIENCE_WRONG: f(401, "Token is for another audience", "로그인이 필요해요."),
  TOKEN_REVOKED: f(401, "Token was revoked", "로그아웃되었어요. 다시 로그인해 주세요."),
  REFRESH_TOKEN_REUSED: f(
    401,
    "Refresh token was used before; its session has ended",
    "안전을 위해 로그아웃되었어요. 다시 로그인해 주세요.",
  ),
  CSRF_REFUSED: f(
    403,
    "A write with cookies must come from an allowed origin",
    "허용되지 않은 곳에서 온 요청이에요.",
  ),
  PROVIDER_UNKNOWN: f(404, "No such sign-in provider", "지원하지 않는 로그인 방법이에요."),
  REDIRECT_NOT_ALLOWED: f(
    400,
    "redirect must be a path, or on an allowed origin",
    "돌아갈 주소가 올바르지 않아요.",
  ),
  SIGN_IN_STATE_INVALID: f(
    400,
    "Sign-in was used, has expired or never began",
    "로그인을 처음부터 다시 해 주세요.",
  ),
  SIGN_IN_BROWSER_CHANGED: f(
    400,
    "Sign-in was begun in another browser",
    "로그인을 시작한 브라우저에서 이어서 해 주세요.",
  ),
  SIGN_IN_DENIED: f(403, "User or provider declined the sign-in", "로그인을 취소했어요."),
  PROVIDER_REFUSED: f(
    502,
    "Sign-in provider rejected the request",
    "로그인하지 못했어요. 다시 시도해 주세요.",
    "bug",
  ),
  PROVIDER_UNAVAILABLE: f(
    503,
    "Sign-in provider did not answer",
    "지금은 로그인할 수 없어요. 잠시 후 다시 시도해 주세요.",
    "retry",
  ),
  TOO_MANY_SIGN_INS: f(
    429,
    "Too many sign-ins from here",
    "로그인 시도가 너무 많아요. 잠시 후 다시 시도해 주세요.",
    "retry",
  ),
  FORBIDDEN: f(403, "Not allowed to this user", "권한이 없어요."),
  ACCOUNT_DELETED: f(410, "Account was deleted", "탈퇴한 계정이에요."),
  NICKNAME_INVALID: f(
    400,
    "Nickname must be 1 to 30 plain characters",
    "닉네임은 1자부터 30자까지, 줄바꿈 없이 쓸 수 있어요.",
  ),
  CHARACTER_NOT_FOUND: f(404, "No such character", "해당 캐릭터를 찾을 수 없어요."),
  CHARACTER_EXISTS: f(409, "Character code is taken", "이미 있는 캐릭터 코드예요."),
  CHARACTER_NAME_TAKEN: f(409, "Character name is taken", "이미 있는 캐릭터 이름이에요."),
  MATCH_LABEL_TAKEN: f(
    409,
    "Another character is earned by this material",
    "이 재질로 얻는 캐릭터가 이미 있어요.",
  ),
  DEFAULT_CHARACTER_FIXED: f(
    409,
    "Exactly one character is the default, and no material earns it",
    "기본 캐릭터는 언제나 하나이고, 재질로 얻을 수 없어요.",
  ),
  CHARACTER_OWNED: f(
    409,
    "Users own this character",
    "이미 얻은 사람이 있어서 지울 수 없어요. 대신 재질을 비우면 더는 나오지 않아요.",
  ),
  COORDINATES_INVALID: f(
    400,
    "lat and lon must be degrees",
    "위치(lat, lon)가 필요해요. 위도는 -90부터 90까지, 경도는 -180부터 180까지예요.",
  ),
  RADIUS_INVALID: f(400, "radius must be 1 to 20000 metres", "반경은 1m부터 20,000m까지예요."),
  LIMIT_INVALID: f(400, "limit must be 1 to 100", "한 번에 1곳부터 100곳까지 볼 수 있어요."),
  ZOOM_INVALID: f(400, "zoom must be 1 to 20", "지도 단계는 1부터 20까지예요."),
  STORE_CATEGORY_UNKNOWN: f(400, "Unknown store category", "알 수 없는 매장 종류예요."),
  PICKUP_CATEGORY_UNKNOWN: f(400, "Unknown pickup category", "알 수 없는 수거 품목이에요."),
  OPEN_NOW_INVALID: f(400, "open_now must be true or false", "open_now는 true나 false예요."),
  SEARCH_TEXT_INVALID: f(
    400,
    "q must be 1 to 100 characters with a letter or digit in them",
    "검색어는 글자나 숫자를 넣어 100자까지 쓸 수 있어요.",
  ),
  CENTER_NOT_FOUND: f(404, "No such place", "해당 장소를 찾을 수 없어요."),
  SCAN_FINISHED: f(409, "Scan has ended or is about to", "이미 끝난 분석이라 취소할 수 없어요."),
  SCAN_NOT_COMPLETED: f(
    409,
    "Scan has not completed",
    "분석이 끝나 답을 받은 뒤에 의견을 남길 수 있어요.",
  ),
  FEEDBACK_CATEGORY_UNKNOWN: f(
    400,
    "category is none that a thing may belong to",
    "알 수 없는 분류예요. 분류 목록에 있는 이름으로 알려 주세요.",
  ),
  FEEDBACK_NOTE_TOO_LONG: f(400, "note is too long", "의견이 너무 길어요. 500자까지 쓸 수 있어요."),
  CANCELLED: f(409, "Scan was cancelled by its owner", "요청하신 대로 분석을 취소했어요."),
  INVALID_CHAT_ID: f(400, "chat_id is not a UUID", "대화 번호가 올바르지 않아요."),
  CHAT_NOT_FOUND: f(404, "No such chat", "해당 대화를 찾을 수 없어요."),
  CHAT_MESSAGE_INVALID: f(
    400,
    "message must have 1 to 2,000 characters",
    "메시지는 1자부터 2,000자까지 쓸 수 있어요.",
  ),
  CHAT_TITLE_INVALID: f(
    400,
    "title must have 1 to 100 plain characters",
    "대화 제목은 1자부터 100자까지, 줄바꿈 없이 쓸 수 있어요.",
  ),
  CHAT_LOCATION_INVALID: f(
    400,
    "Location must have latitude and longitude",
    "위치가 올바르지 않아요.",
  ),
  CHAT_INPUT_INVALID: f(400, "Input does not fit its type", "보내 주신 값이 올바르지 않아요."),
  CHAT_FINISHED: f(409, "Answer has ended or is complete", "이미 끝난 답변이에요."),
  JOB_NOT_FOUND: f(404, "No such job", "해당 작업을 찾을 수 없어요."),
  NOT_FOUND: f(404, "No such resource", "찾을 수 없는 주소예요."),
  METHOD_NOT_ALLOWED: f(405, "Method not allowed", "허용되지 않은 요청이에요."),
  SUBMIT_UNCONFIRMED: f(
    504,
    "Not known whether it runs; send it again with the same idempotency key",
    "접수되었는지 확인하지 못했어요. 잠시 후 같은 멱등 키로 다시 보내 주세요.",
  ),
  UNAVAILABLE: f(503, "Temporarily unavailable", "잠시 후 다시 시도해 주세요.", "wait"),
  MODEL_RATE_LIMITED: f(
    503,
    "Model is rate limited",
    "요청이 몰려 분석이 늦어지고 있어요.",
    "wait",
  ),
  MODEL_BUSY: f(
    503,
    "Model has no capacity for the request",
    "요청이 몰려 분석이 늦어지고 있어요.",
    "wait",
  ),
  MODEL_NOT_READY: f(
    503,
    "Model is loading or overloaded",
    "분석 서비스가 준비되고 있어요. 잠시만 기다려 주세요.",
    "wait",
  ),
  MODEL_BREAKER_OPEN: f(503, "Model is left alone", "분석 서비스에 연결하지 못했어요.", "wait"),
  MODEL_QUOTA_EXHAUSTED: f(503, "Model quota exhausted", "분석 서비스를 쓸 수 없어요.", "wait"),
  MODEL_OVERLOADED: f(
    503,
    "No model was free in time",
    "요청이 몰려 분석하지 못했어요. 잠시 후 다시 시도해 주세요.",
    "bug",
  ),
  MODEL_UNAVAILABLE: f(503, "Model is unavailable", "분석 서비스에 연결하지 못했어요.", "retry"),
  MODEL_ACCESS_DENIED: f(
    503,
    "Model or its key is not accepted",
    "분석 서비스를 쓸 수 없어요.",
    "retry",
  ),
  MODEL_TIMEOUT: f(504, "Model did not answer in time", "분석이 제때 끝나지 않았어요.", "retry"),
  MODEL_REJECTED: f(502, "Model rejected the request", "사진을 분석하지 못했어요.", "bug"),
  MODEL_REFUSED: f(422, "Model refused to answer", "이 사진은 분석할 수 없어요."),
  // Its model was asked again already.
  MODEL_TRUNCATED: f(502, "Model answer was cut off", "분석 결과가 온전하지 않았어요."),
  MODEL_OUTPUT_INVALID: f(502, "Model answer was not usable", "분석 결과를 이해하지 못했어요."),
  TASK_TIMEOUT: f(504, "Task did not end in time", "분석이 제때 끝나지 않았어요.", "retry"),
  EXPIRED: f(504, "Scan did not end in time", "분석이 제때 끝나지 않았어요."),
  // A roll-out is waited for, and no longer: `decideFailure`.
  MESSAGE_NEWER: f(503, "Message is of a newer release", "처리 중 문제가 생겼어요.", "wait"),
  MESSAGE_INVALID: f(500, "Message does not match its schema", "처리 중 문제가 생겼어요.", "bug"),
  INTERNAL: f(500, "Internal error", "처리 중 문제가 생겼어요. 잠시 후 다시 시도해 주세요.", "bug"),
} as const satisfies Record<string, FaultKind>;

export type FaultCode = keyof typeof FAULTS;

export function isFaultCode(code: unknown): code is FaultCode {
  return typeof code === "string" && Object.hasOwn(FAULTS, code);
}

export interface FaultKind {
  readonly status: number;
  readonly onMessage: "fail" | "retry" | "wait" | "bug";
  readonly title: string;
  readonly detail: string;
}

function f<const S extends number>(
  status: S,
  title: string,
  detail: string,
  onMessage: FaultKind["onMessage"] = "fail",
) {
  return { status, onMessage, title, detail };
}
