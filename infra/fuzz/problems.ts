const shownMax = 20;

/** What a run has found: each kind of problem once, with its count and its first example. */
export class Problems {
  readonly #found = new Map<string, { count: number; example: string }>();

  add(problem: string, example: string): void {
    const { count, example: first } = this.#found.get(problem) ?? { count: 0, example };
    this.#found.set(problem, { count: count + 1, example: first });
  }

  get isEmpty(): boolean {
    return this.#found.size === 0;
  }

  toString(): string {
    return [...this.#found]
      .slice(0, shownMax)
      .map(([problem, { count, example }]) => `${count} × ${problem}\n    ${example}`)
      .join("\n");
  }
}
