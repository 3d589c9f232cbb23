/** A file of the built app. */
export type Asset = {
  body: Buffer;
  gzip?: Buffer | undefined;
  type: string;
  etag: string;
  /** Its name holds a hash of its content, so it may be kept for ever. */
  immutable: boolean;
};

/** Where the app's files come from: the table of the build, or nothing when Vite serves them itself. */
export type AssetSource = {
  /** Paths are looked up as they are, never joined to a folder [S79]. */
  get(path: string): Asset | undefined;
};
