import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { words } from "./page-words.ts";
import { type Photo, type PhotoProblem, shrinkPhoto } from "./shrink-photo.ts";

/** What is offered in a file dialog; whatever comes is looked at all the same. */
export const photoTypes =
  "image/jpeg,image/png,image/webp,image/heic,image/heif,image/avif,image/gif";

/** Takes a photo from the camera, a file, a drop or the clipboard. */
export function PhotoPicker({ onPhoto }: { onPhoto: (photo: Photo) => void }) {
  const [problem, setProblem] = useState<PhotoProblem>();
  const [isBusy, setBusy] = useState(false);
  const [isOver, setOver] = useState(false);
  const camera = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);

  async function take(file: Blob | null | undefined): Promise<void> {
    if (!file) return;
    setBusy(true);
    setProblem(undefined);
    const photo = await shrinkPhoto(file);
    setBusy(false);
    if (typeof photo === "string") setProblem(photo);
    else onPhoto(photo);
  }

  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent) => void take(clipboardData?.files[0]);
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  }, []);

  const input = (ref: typeof camera, more: { capture?: "environment"; id: string }) => (
    <input
      {...more}
      ref={ref}
      type="file"
      hidden
      accept={photoTypes}
      onChange={({ currentTarget }) => {
        void take(currentTarget.files?.[0]);
        currentTarget.value = "";
      }}
    />
  );
  return (
    <section
      class="card picker"
      data-over={isOver ? "" : undefined}
      aria-labelledby="picker-title"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <img
        class="mascot"
        src="/api/v1/character/images/char-eco.svg"
        alt=""
        width="128"
        height="128"
      />
      <h2 id="picker-title">{isOver ? words.picker.drop : words.picker.title}</h2>
      <p class="quiet drop-hint">{words.picker.hint}</p>
      <div class="row">
        <button
          type="button"
          class="button strong camera"
          disabled={isBusy}
          onClick={() => camera.current?.click()}
        >
          <Icon name="scan" />
          {words.picker.camera}
        </button>
        <button
          type="button"
          class="button choose"
          disabled={isBusy}
          onClick={() => files.current?.click()}
        >
          <Icon name="image" />
          {words.picker.choose}
        </button>
      </div>
      {input(camera, { capture: "environment", id: "camera" })}
      {input(files, { id: "photo" })}
      <p role="status" class={problem ? "bad" : "quiet"}>
        {problem ? words.picker[problem] : isBusy ? words.picker.preparing : ""}
      </p>
      <p class="small quiet">{words.picker.privacy}</p>
    </section>
  );
}
