const sprite = document.documentElement.dataset.icons ?? "";

/** A drawing beside words that say the same: screen readers leave it out. */
export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" aria-hidden="true" focusable="false">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
