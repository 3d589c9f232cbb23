import "vite/client";
import "vite-plugin-pwa/client";

declare global {
  /** Version of package.json, put in by the build. */
  const __APP_VERSION__: string;
}
