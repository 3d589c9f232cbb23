/** The one set of texts for error codes; the interface reaches it only through the bridge [S98]. */
export { errorText } from "#protocol/error-texts.ts";
