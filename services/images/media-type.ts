/** What programs call the types otherwise: Android's file managers, old browsers, iOS. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/jfif": "image/jpeg",
  "image/x-png": "image/png",
  "image/apng": "image/png",
  "image/heif": "image/heic",
};

/** A media type as we write it: in lower case, without parameters, by its registered name. */
export function mediaType(text: string): string {
  const [type = ""] = text.toLowerCase().split(";", 1);
  const name = type.trim();
  return OTHER_NAMES[name] ?? name;
}
