/** Dollars per million tokens. */
export interface ModelPrice {
  readonly prompt: number;
  readonly completion: number;
}

/** As the providers list them; whoever pays others sets `MODEL_PRICES`. */
export const modelPricesDefault =
  "gpt-5.2=1.75/14,gpt-5.1=1.25/10,gpt-5-mini=0.25/2,gemini-3-pro=2/12,gemini-2.5-pro=1.25/10,gemini-2.5-flash=0.3/2.5";

const PRICE = /^\s*(\S+)=(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)\s*$/;

/** Reads `model=prompt/completion, …`; undefined where a part is none. */
export function parseModelPrices(text: string): Readonly<Record<string, ModelPrice>> | undefined {
  const parts = text.split(",").filter((part) => part.trim() !== "");
  const prices = parts.map((part) => PRICE.exec(part));
  if (prices.includes(null)) return undefined;
  return Object.fromEntries(
    prices.map((found) => {
      const [, model = "", prompt, completion] = found ?? [];
      return [model, { prompt: Number(prompt), completion: Number(completion) }];
    }),
  );
}
