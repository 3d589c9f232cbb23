import { labExec, type NodeName, type UserName } from "./lab.ts";

/** Where a witnessed node keeps what arrived; each file is written by the person's own login. */
const DIR = "/var/log/witness";

/**
 * Stands in for a person's login shell: notes the text of every exec request before it runs, when it began and ended by the
 * device's clock, and every byte that is typed into a shell, as they arrive on the device. script(1) keeps the bytes.
 */
const SHELL = `#!/bin/sh
me=$(id -un)
real=$(cat ${DIR}/shell.$me)
if [ "$1" = -c ]; then
  printf '%s\\0' "$2" >>${DIR}/exec.$me
  began=$(date +%s%3N)
  "$real" "$@"
  code=$?
  echo "$began $(date +%s%3N)" >>${DIR}/spans.$me
  exit $code
fi
SHELL=/bin/sh
export SHELL
exec script -q -f -e -I ${DIR}/typed.$me.$$ -c "$real"
`;

const INSTALL = `
mkdir -p ${DIR} && chmod 1777 ${DIR}
printf '%s' "$1" >/lab/bin/witness-shell && chmod 755 /lab/bin/witness-shell
shift
[ -e ${DIR}/passwd ] || cp -p /etc/passwd ${DIR}/passwd
for who; do
  awk -F: -v who="$who" '$1 == who {print $7}' ${DIR}/passwd >${DIR}/shell.$who
  awk -F: -v OFS=: -v who="$who" '$1 == who {$7 = "/lab/bin/witness-shell"} {print}' /etc/passwd >${DIR}/new && cat ${DIR}/new >/etc/passwd
done
rm -f ${DIR}/watch.stop ${DIR}/most
wc -c </var/log/sshd-main.log >${DIR}/log.start
setsid sh -c '
  most=0
  while [ ! -e ${DIR}/watch.stop ]; do
    now=$(ss -tnH state established "( sport = :22 )" | wc -l)
    [ "$now" -le "$most" ] || { most=$now; echo "$most" >${DIR}/most; }
    sleep 0.1
  done' >/dev/null 2>&1 </dev/null &
`;

/** What the device itself saw of the people who were watched, and of their connections. */
export class LabWitness {
  readonly node: NodeName;

  private constructor(node: NodeName) {
    this.node = node;
  }

  /** Watches logins of these people on a node from now on; earlier sessions are not seen. */
  static async install(node: NodeName, ...users: readonly UserName[]): Promise<LabWitness> {
    const { code, stderr } = await labExec(node, "sh", "-c", INSTALL, "sh", SHELL, ...users);
    if (code !== 0) throw new Error(`no witness on ${node}: ${stderr}`);
    return new LabWitness(node);
  }

  /** Texts of all exec requests so far, in order. */
  async execs(user: UserName): Promise<string[]> {
    const { stdout } = await this.#read(`exec.${user}`);
    return stdout.split("\0").filter((text) => text !== "");
  }

  /** When each exec began and ended on the device, epoch milliseconds, in order of their ends. One that was killed has none. */
  async spans(user: UserName): Promise<{ from: number; to: number }[]> {
    const { stdout } = await this.#read(`spans.${user}`);
    const lines = stdout.split("\n").filter((line) => line !== "");
    return lines.map((line) => {
      const [from = 0, to = 0] = line.split(" ").map(Number);
      return { from, to };
    });
  }

  /** What was typed into each shell so far, in the order of their login. */
  async typed(user: UserName): Promise<string[]> {
    const { stdout } = await labExec(this.node, "sh", "-c", `ls ${DIR}/typed.${user}.* 2>/dev/null | sort -t. -k3n`);
    const files = stdout.split("\n").filter((line) => line !== "");
    return Promise.all(files.map(async (file) => bodyOf((await labExec(this.node, "cat", file)).stdout)));
  }

  /** Most SSH connections that the node had open at one time. */
  async mostConnections(): Promise<number> {
    return Number((await this.#read("most")).stdout);
  }

  /** Accepted logins by user, from the SSH server's own log. */
  async logins(): Promise<string[]> {
    const { stdout } = await labExec(
      this.node,
      "sh",
      "-c",
      `tail -c +$(($(cat ${DIR}/log.start) + 1)) /var/log/sshd-main.log`,
    );
    return [...stdout.matchAll(/^Accepted \S+ for (\S+) from/gm)].map((match) => match[1] ?? "");
  }

  /** Gives the people their own shells back; what was seen is gone. */
  async remove(): Promise<void> {
    await labExec(
      this.node,
      "sh",
      "-c",
      `touch ${DIR}/watch.stop; cat ${DIR}/passwd >/etc/passwd; sleep 0.3; rm -rf ${DIR} /lab/bin/witness-shell`,
    );
  }

  #read(name: string) {
    return labExec(this.node, "sh", "-c", `cat ${DIR}/${name} 2>/dev/null || true`);
  }
}

/** script(1) frames what it keeps with a line about its start and one about its end. */
function bodyOf(log: string): string {
  return log.replace(/^Script started on [^\n]*\n/, "").replace(/\n?Script done on [^\n]*\n$/, "");
}
