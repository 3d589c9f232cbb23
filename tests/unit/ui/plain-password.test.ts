import { describe, expect, test } from "vitest";
import { asksPlainPassword } from "#ui/connect/plain-password.ts";

const hidden = (prompt: string) => [{ prompt, echo: false }];

describe("[S59] an ordinary password is marked as the same each time, for the person to see", () => {
  test.each(["Password: ", "password:", "(netops@r1) Password: ", "netops's password:", "Password for netops:"])(
    "%s is one",
    (prompt) => expect(asksPlainPassword(hidden(prompt))).toBe(true),
  );
  test.each(["Verification code: ", "One-time password (OTP):", "Password + token:", "PASSCODE:", "New password:"])(
    "%s is not",
    (prompt) => expect(asksPlainPassword(hidden(prompt))).toBe(false),
  );
  test("neither are two prompts, or one whose answer is shown", () => {
    expect(asksPlainPassword([...hidden("Password:"), ...hidden("Code:")])).toBe(false);
    expect(asksPlainPassword([{ prompt: "Password:", echo: true }])).toBe(false);
  });
});
