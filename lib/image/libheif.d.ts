/** What is used of libheif's C API, as Emscripten exports it: pointers and enumerations are numbers. */
declare module "libheif-js/wasm-bundle" {
  interface Libheif {
    /** Another one whenever the memory has grown. */
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _heif_context_alloc(): number;
    _heif_context_read_from_memory_without_copy(
      error: number,
      context: number,
      file: number,
      bytes: number,
      options: number,
    ): void;
    _heif_context_get_primary_image_handle(error: number, context: number, handle: number): void;
    _heif_image_handle_get_width(handle: number): number;
    _heif_image_handle_get_height(handle: number): number;
    _heif_image_handle_has_alpha_channel(handle: number): number;
    _heif_image_handle_get_raw_color_profile_size(handle: number): number;
    _heif_image_handle_get_raw_color_profile(error: number, handle: number, profile: number): void;
    _heif_decode_image(
      error: number,
      handle: number,
      image: number,
      colourSpace: number,
      chroma: number,
      options: number,
    ): void;
    /** Fills a `heif_image_tiling`: version, columns, rows, size of a tile and of the image, offsets; 32 bits each. */
    _heif_image_handle_get_image_tiling(
      error: number,
      handle: number,
      isUpright: number,
      tiling: number,
    ): void;
    _heif_image_handle_decode_image_tile(
      error: number,
      handle: number,
      image: number,
      colourSpace: number,
      chroma: number,
      options: number,
      column: number,
      row: number,
    ): void;
    _heif_image_release(image: number): void;
    _heif_image_get_width(image: number, channel: number): number;
    _heif_image_get_height(image: number, channel: number): number;
    _heif_image_get_plane_readonly2(image: number, channel: number, rowBytes: number): number;
  }
  const libheif: Libheif;
  export = libheif;
}
