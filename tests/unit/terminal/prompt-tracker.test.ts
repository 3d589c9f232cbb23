import { describe, expect, it } from "vitest";
import { isPasswordPrompt, isQuestion, PromptTracker, pagerAt } from "#terminal/prompt-tracker.ts";

describe("[U22] pagers", () => {
  it.each([
    " --More-- ",
    "--More--",
    "---(more)---",
    "---(more 42%)---",
    "-- MORE --",
    "Press any key to continue",
    "(END)",
    ":",
  ])("%j is one", (line) => expect(pagerAt(line)).toBeDefined());
  it.each(["r1#", "", "show more", "There is more to come", "GigabitEthernet0/1 is up"])("%j is none", (line) =>
    expect(pagerAt(line)).toBeUndefined(),
  );
});

describe("[U103] the prompt is inferred", () => {
  it("is likely by its shape", () => {
    const tracker = new PromptTracker();
    for (const prompt of ["r1#", "r1> ", "r1(config-if)# ", "netops@r1:~$ ", "admin@mx> "]) {
      expect(tracker.judge(prompt).confidence, prompt).toBe("likely");
    }
  });
  it("is known when it stood at the cursor at two presses of Enter", () => {
    const tracker = new PromptTracker();
    tracker.entered("weird prompt => ");
    expect(tracker.judge("weird prompt => ").confidence).toBe("unknown");
    tracker.entered("weird prompt => ");
    expect(tracker.judge("weird prompt => ")).toEqual({ confidence: "known", text: "weird prompt =>" });
  });
  it("questions and pagers are no prompts however often they come", () => {
    const tracker = new PromptTracker();
    for (const text of ["Password: ", " --More-- ", "Proceed? [confirm] "]) {
      tracker.entered(text);
      tracker.entered(text);
      expect(tracker.judge(text).confidence, text).toBe("unknown");
    }
  });
  it("is known at once by OSC 133, and shapes then no longer count", () => {
    const tracker = new PromptTracker();
    tracker.markedPrompt("lab ❯ ");
    expect(tracker.judge("lab ❯ ").confidence).toBe("known");
    expect(tracker.judge("r1#").confidence).toBe("unknown");
  });
});

describe("[U48] questions", () => {
  it.each(["Password: ", "Enter PIN: ", "passphrase for key 'x': ", "Verification code: "])(
    "%j asks for a secret",
    (text) => expect(isPasswordPrompt(text)).toBe(true),
  );
  it.each(["Username: ", "Overwrite? [y/n]: ", "login: "])("%j asks for something else", (text) => {
    expect(isQuestion(text)).toBe(true);
    expect(isPasswordPrompt(text)).toBe(false);
  });
});
