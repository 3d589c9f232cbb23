/**
 * The only host objects that pure areas (protocol, machines, telemetry, themes) may use: both Node and browsers have
 * them, and they have no side effects.
 */
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array, options?: { stream?: boolean }): string;
}
