import type { ScanResult } from "#lib/client/create-client.ts";
import { answerLanguage, linkTo, words } from "./page-words.ts";

const pieces = Array.from({ length: 18 }, (_, i) => i);

/** The character a scan has earned; a small celebration when it is new, which a reader may have switched off. */
export function RewardCard({ reward }: { reward: NonNullable<ScanResult["reward"]> }) {
  const isNew = reward.received;
  if (!isNew && !reward.already_owned) return null;
  return (
    <section class="card reward" data-new={isNew ? "" : undefined} aria-labelledby="reward-title">
      {isNew && (
        <div class="confetti" aria-hidden="true">
          {pieces.map((i) => (
            <i key={i} />
          ))}
        </div>
      )}
      <img
        src={`/api/v1/character/images/${reward.character_code}.svg`}
        alt=""
        width="128"
        height="128"
      />
      <div>
        <p class="eyebrow">{isNew ? words.reward.new : words.reward.owned}</p>
        <h3 id="reward-title" lang={answerLanguage}>
          {reward.name}
        </h3>
        <p lang={answerLanguage}>“{reward.dialog}”</p>
        <a class="button" href={linkTo("collection")}>
          {words.reward.see}
        </a>
      </div>
    </section>
  );
}
