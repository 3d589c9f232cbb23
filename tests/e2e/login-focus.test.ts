/** Where the focus is when the questions of a login are gone [U30]. */
import { describe, expect, it } from "vitest";
import { addDevice, logIn, open, trust } from "./support/real-device.ts";
import { requireRig } from "./support/rig.ts";
import { seeOnScreen, typeLine } from "./support/terminal.ts";

const e2e = await requireRig({ sshd: true });

describe.skipIf(!e2e.ready)("after a login", () => {
  const rig = e2e.use({ app: "all tests" });

  it("[U30] what is typed reaches the terminal, without a touch of it", async () => {
    const { page, complaints } = await rig.paired("desktop");
    await addDevice(page, { port: rig.sshd.port, user: rig.sshd.user, label: "bench" });
    await open(page, "bench");
    await trust(page, rig.sshd);
    await logIn(page, rig.sshd.password ?? "");
    await seeOnScreen(page, /\$ *$/m);
    await typeLine(page, "echo typed-$((6*7))");
    await seeOnScreen(page, /^typed-42$/m);
    expect(complaints.errors).toEqual([]);
  });
});
