import type { Terminal } from "@xterm/xterm";
import { describe, expect, it } from "vitest";
import { HistoryWatch } from "#terminal/history-watch.ts";
import { headless } from "./headless.ts";

/** A person and a device at a real emulator; `device` draws, `person` types. */
function make(cols = 40) {
  const { terminal, write } = headless(cols);
  const kept: string[] = [];
  const prompts: string[] = [];
  const watch = new HistoryWatch(
    terminal as unknown as Terminal,
    (line) => kept.push(line),
    (prompt) => prompts.push(prompt),
  );
  const person = (data: string) => watch.typed(data);
  /** Types with echo, as a CLI does. */
  const echoed = async (data: string) => {
    for (const character of data) {
      person(character);
      await write(character === "\r" ? "\r\n" : character);
    }
  };
  return { terminal, kept, prompts, watch, device: write, person, echoed };
}

describe("[U48] which lines are kept", () => {
  it("a line that was echoed, without its prompt", async () => {
    const { device, echoed, kept, prompts } = make();
    await device("r1# ");
    await echoed("show version\r");
    expect(kept).toEqual(["show version"]);
    expect(prompts).toEqual(["r1# "]);
  });
  it("the echo may come after Enter", async () => {
    const { device, person, kept } = make();
    await device("r1# ");
    person("show clock\r");
    expect(kept).toEqual([]);
    await device("show clock\r\n12:00\r\nr1# ");
    expect(kept).toEqual(["show clock"]);
  });
  it("a completed line comes out as the device shows it", async () => {
    const { device, echoed, person, kept } = make();
    await device("r1# ");
    await echoed("sh ver");
    person("\t");
    await device("\r\x1b[Kr1# show version");
    person("\r");
    await device("\r\nok");
    expect(kept).toEqual(["show version"]);
  });
  it("a completion that extends what was typed is kept whole", async () => {
    const { device, echoed, person, kept } = make();
    await device("r1# ");
    await echoed("sho");
    person("\t");
    await device("w ");
    await echoed("ver");
    person("\r");
    await device("\r\n");
    expect(kept).toEqual(["show ver"]);
  });
  it("a recalled line is kept, read after the prompt", async () => {
    const { device, person, kept } = make();
    await device("r1# ");
    person("\x1b[A");
    await device("show ip route");
    person("\r");
    await device("\r\n");
    expect(kept).toEqual(["show ip route"]);
  });
  it("a wrapped line is one line", async () => {
    const { device, echoed, kept } = make(20);
    await device("r1# ");
    await echoed("show interfaces GigabitEthernet0/0/0/1 detail\r");
    expect(kept).toEqual(["show interfaces GigabitEthernet0/0/0/1 detail"]);
  });
  it("erased characters are not part of it", async () => {
    const { device, echoed, person, kept } = make();
    await device("r1# ");
    await echoed("show verx");
    person("\x7f");
    await device("\b \b");
    await echoed("sion\r");
    expect(kept).toEqual(["show version"]);
  });
});

describe("[U48] what is never kept", () => {
  it("lines typed without echo", async () => {
    const { device, person, kept } = make();
    await device("r1> enable\r\nPassword: ");
    person("hunter2\r");
    await device("\r\nr1# ");
    expect(kept).toEqual([]);
  });
  it("an answer to a password-like prompt, even when it is echoed", async () => {
    const { device, echoed, kept } = make();
    await device("Enter passphrase: ");
    await echoed("hunter2\r");
    expect(kept).toEqual([]);
  });
  it("a secret shown as stars", async () => {
    const { device, person, kept } = make();
    await device("Key: ");
    person("hunter2");
    await device("*******");
    person("\r");
    await device("\r\n");
    expect(kept).toEqual([]);
  });
  it("lines that begin with a blank", async () => {
    const { device, echoed, kept } = make();
    await device("r1# ");
    await echoed(" show clock\r");
    expect(kept).toEqual([]);
  });
  it("anything in the alternate screen", async () => {
    const { device, echoed, kept } = make();
    await device("$ vi x\r\n\x1b[?1049h");
    await echoed(":wq\r");
    await device("\x1b[?1049l\r\n");
    expect(kept).toEqual([]);
  });
  it("answers to questions and keys at a pager", async () => {
    const { device, echoed, person, kept } = make();
    await device("Proceed with reload? [confirm] ");
    await echoed("y\r");
    await device(" --More-- ");
    person("\r");
    await device("\r\x1b[Kline\r\n --More-- ");
    expect(kept).toEqual([]);
  });
  it("an empty line", async () => {
    const { device, echoed, kept } = make();
    await device("r1# ");
    await echoed("\r");
    expect(kept).toEqual([]);
  });
  it("a line given up with Ctrl-C", async () => {
    const { device, echoed, person, kept } = make();
    await device("r1# ");
    await echoed("reload");
    person("\x03");
    await device("^C\r\nr1# ");
    await echoed("show clock\r");
    expect(kept).toEqual(["show clock"]);
  });
});

it("[U49] secrets are masked before a line leaves the reader", async () => {
  const { device, echoed, kept } = make(80);
  await device("r1(config)# ");
  await echoed("username bob secret hunter2\r");
  expect(kept).toEqual(["username bob secret ••••"]);
});

it("stops reading when it is disposed", async () => {
  const { device, person, watch, kept } = make();
  await device("r1# ");
  person("show clock\r");
  watch.dispose();
  await device("show clock\r\n");
  expect(kept).toEqual([]);
});
