import { parentPort } from "node:worker_threads";
import { pixelsMax } from "#lib/image/pixels-max.ts";
import { pixelsOnWhite } from "#lib/image/pixels-on-white.ts";
import type { DetectorReply } from "../local-model/detection.ts";

/**
 * The object detector itself, in a thread of its own because it blocks: CenterNet on MobileNetV3
 * (80 COCO classes), run by the WebAssembly backend of TensorFlow.js. That backend also adds
 * handlers for uncaught errors to `process`; a thread has its own, so they stay in here. One
 * message is one photo, one reply its detections. Code and weights are optional packages, loaded
 * with the first photo; when they cannot be, the reply says `unavailable` and nothing is thrown.
 */

/** Input side of the network, from the model's signature. */
const sidePx = 512;
/** Side of the photo inside the second pass: smaller objects in a frame are found more surely. */
const paddedPx = Math.round(0.6 * sidePx);
const scoreMin = 0.4;
const detectionsMax = 10;

let loading: ReturnType<typeof loadEngine> | undefined;

parentPort?.on("message", async (photo: Uint8Array) => send(await reply(photo)));
send({ kind: "ready" });

function send(message: DetectorReply): void {
  parentPort?.postMessage(message);
}

async function reply(photo: Uint8Array): Promise<DetectorReply> {
  let engine: Awaited<ReturnType<typeof loadEngine>>;
  try {
    loading ??= loadEngine();
    engine = await loading;
  } catch (error) {
    return { kind: "unavailable", reason: String(error) };
  }
  let inputs: Float32Array[];
  try {
    inputs = [await frameOf(photo, sidePx), await frameOf(photo, paddedPx)];
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const isTooLarge = code === "ERR_IMAGE_TOO_MANY_PIXELS";
    return { kind: "unreadable", isTooLarge, reason: String(error) };
  }
  const best = new Map<number, number>();
  for (const input of inputs) {
    for (const { index, score } of engine(input)) {
      best.set(index, Math.max(score, best.get(index) ?? 0));
    }
  }
  const detections = Array.from(best, ([index, score]) => ({ index, score }));
  detections.sort((a, b) => b.score - a.score);
  return { kind: "detections", detections: detections.slice(0, detectionsMax) };
}

async function loadEngine() {
  const { tf, converter, backend, wasm, json, bin } = await loadPackages();
  const wasmPath = pathOf(wasm);
  // Every machine Bun runs on has SIMD, and the threaded build is not used outside browsers.
  backend.setWasmPaths({
    "tfjs-backend-wasm.wasm": wasmPath,
    "tfjs-backend-wasm-simd.wasm": wasmPath,
    "tfjs-backend-wasm-threaded-simd.wasm": wasmPath,
  });
  if (!(await tf.setBackend("wasm"))) throw new Error("the wasm backend did not start");
  const { modelTopology, weightsManifest } = await Bun.file(pathOf(json)).json();
  const model = converter.loadGraphModelSync({
    modelTopology,
    weightSpecs: weightsManifest[0].weights,
    weightData: await Bun.file(pathOf(bin)).arrayBuffer(),
  });
  return (input: Float32Array) =>
    tf.tidy(() => {
      const frame = tf.tensor4d(input, [1, sidePx, sidePx, 3]);
      const output = model.execute(frame, "tower_0/detections");
      if (Array.isArray(output)) throw new Error("more than one output");
      return rowsOf(output.dataSync());
    });
}

/**
 * The imports stand inside `try`, where the bundler lets a package be absent, and the files are
 * named by literal paths, which is what embeds them into a compiled binary. The weights go by a
 * path into `node_modules` because their package's export map hides them.
 */
async function loadPackages() {
  try {
    return {
      tf: await import("@tensorflow/tfjs-core"),
      converter: await import("@tensorflow/tfjs-converter"),
      backend: await import("@tensorflow/tfjs-backend-wasm"),
      wasm: await import("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm", {
        with: { type: "file" },
      }),
      // biome-ignore lint/style/noRestrictedImports: see above
      json: await import("../../../node_modules/@vladmandic/human/models/centernet.json", {
        with: { type: "file" },
      }),
      // biome-ignore lint/style/noRestrictedImports: see above
      bin: await import("../../../node_modules/@vladmandic/human/models/centernet.bin", {
        with: { type: "file" },
      }),
    };
  } catch (cause) {
    throw new Error(`not installed: ${cause}`, { cause });
  }
}

function pathOf(file: { default: unknown }): string {
  if (typeof file.default !== "string") throw new Error("not imported as a file");
  return file.default;
}

/** Rows of x1, y1, x2, y2, score, class. */
function rowsOf(data: ArrayLike<number>) {
  const rows: { index: number; score: number }[] = [];
  for (let at = 0; at + 5 < data.length; at += 6) {
    const score = data[at + 4] ?? 0;
    if (score >= scoreMin) rows.push({ index: data[at + 5] ?? -1, score });
  }
  return rows;
}

/** The photo stretched to `innerPx` squared, centred on black: RGB 0–255, as the network learnt. */
async function frameOf(photo: Uint8Array, innerPx: number): Promise<Float32Array> {
  const image = new Bun.Image(photo, { maxPixels: pixelsMax });
  const square = image.resize(innerPx, innerPx, { fit: "fill", filter: "bilinear" });
  const { rgb } = await pixelsOnWhite(square);
  const frame = new Float32Array(sidePx * sidePx * 3);
  const margin = (sidePx - innerPx) >> 1;
  for (let y = 0; y < innerPx; y++) {
    const row = rgb.subarray(3 * innerPx * y, 3 * innerPx * (y + 1));
    frame.set(row, ((y + margin) * sidePx + margin) * 3);
  }
  return frame;
}
