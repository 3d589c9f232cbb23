/** The part of the library that is used. */
declare module "bcrypt-pbkdf" {
  const bcrypt: {
    /** bcrypt's hash of two SHA-512 digests, into 32 bytes of `out`. */
    hash(secret: Uint8Array, salt: Uint8Array, out: Uint8Array): void;
  };
  export default bcrypt;
}
