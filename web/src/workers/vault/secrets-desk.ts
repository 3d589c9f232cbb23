import type { HostPinsView, KeyDatesView, LoginsView, SshKeysView, VaultView } from "#machines/secret-views.ts";
import type { Result, UiCommand } from "#protocol/local-messages.ts";
import { SECRET_ACTIONS, type SecretCommand } from "#protocol/local-secrets.ts";
import { KeyRing } from "../keys/key-ring.ts";
import { LoginChoices } from "../keys/login-choices.ts";
import type { Publisher } from "../publisher.ts";
import type { TabletStore } from "../storage/tablet-store.ts";
import { lockIsDue } from "./auto-lock.ts";
import { isAllowedLocked } from "./locked-gate.ts";
import { rebindLogin } from "./login-rebind.ts";
import { refused, Vault, type VaultEnv } from "./vault.ts";
import type { VaultEntry } from "./vault-entry.ts";
import { isEraseWord } from "./vault-words.ts";

const ACTIONS: ReadonlySet<string> = new Set(SECRET_ACTIONS);

export function isSecretCommand(command: UiCommand): command is SecretCommand {
  return ACTIONS.has(command.action);
}

/** A way of storage that leads nowhere is no reason to be silent. */
const NOTHING_HELD = refused("vault_entry");

/** Its code could not be loaded. */
const NO_CODE: Result = { ok: false, error: { code: "worker_failed", retry: "user" } };

/** Reading and writing of vault files is loaded for this only. */
const vaultFile = () => import("./vault-file.ts").catch(() => null);

/**
 * Vault, keys and logins of this tablet, and the commands about them. Secrets are taken out of a command before the router
 * sees it, and wait here, under the command's id, until it is served [S72].
 */
export class SecretsDesk {
  readonly vault: Vault;
  readonly keys: KeyRing;
  readonly choices: LoginChoices;
  readonly #env: VaultEnv;
  readonly #held = new Map<string, SecretCommand>();
  /** Whoever waits for the vault to be opened, or erased. */
  #waiting: (() => void)[] = [];
  #inputAt: number;
  #hiddenAt: number | null = null;
  /** The vault was opened, locked or erased: told before anybody else, for what is sealed with it [S71]. */
  onStoragePhase: (phase: Vault["phase"]) => void = () => {};
  /** The vault was opened, locked or erased. */
  onPhase: (phase: Vault["phase"]) => void = () => {};
  /** Passphrase or passkey were given just now, and were right [S16]. */
  onUnlocked: () => void = () => {};

  /** The vault is erased without its passphrase: the tablet is left [S70]. */
  onForgotten: () => Promise<void> = async () => {
    await this.keys.clear();
    await this.choices.clear();
    await this.vault.leave();
  };

  private constructor(env: VaultEnv, vault: Vault, keys: KeyRing, choices: LoginChoices) {
    this.#env = env;
    this.vault = vault;
    this.keys = keys;
    this.choices = choices;
    this.#inputAt = env.now();
  }

  static async load(env: VaultEnv, store: TabletStore, publisher: Pick<Publisher, "mark">): Promise<SecretsDesk> {
    const showVault = (): void => publisher.mark("vault", () => vaultView(vault));
    const showKeys = (): void => publisher.mark("ssh_keys", () => keysView(keys));
    const showLogins = (): void => {
      publisher.mark("logins", (): LoginsView => choices.all);
      publisher.mark("key_dates", (): KeyDatesView => choices.dates.all);
      publisher.mark("host_pins", (): HostPinsView => choices.pins.all);
    };
    let shown: Vault["phase"] | null = null;
    let desk: SecretsDesk | undefined;
    const vault: Vault = await Vault.load(env, store, () => {
      // What other tabs do meanwhile is looked at below.
      if (desk === undefined) return;
      showVault();
      // Another tab may have imported, renamed or removed a key.
      void desk.keys.refresh();
      if (shown === vault.phase) return;
      shown = vault.phase;
      desk.onStoragePhase(shown);
      desk.onPhase(shown);
      if (shown !== "locked") for (const go of desk.#waiting.splice(0)) go();
    });
    const keys: KeyRing = await KeyRing.load(env, store, vault, showKeys);
    const choices: LoginChoices = await LoginChoices.load(env, store, showLogins);
    desk = new SecretsDesk(env, vault, keys, choices);
    shown = vault.phase;
    showVault();
    showKeys();
    showLogins();
    return desk;
  }

  close(): void {
    this.vault.close();
    this.keys.close();
    this.choices.close();
  }

  /** Resolves when there is no locked vault (any more). */
  whenOpen(): Promise<void> {
    return this.isLocked ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  get isLocked(): boolean {
    return this.vault.phase === "locked";
  }

  /** Keeps the secrets of a command; what is given back has none and may be routed. */
  take(id: string, command: SecretCommand): UiCommand {
    this.#held.set(id, command);
    // The payload's shape belongs to this desk: nobody on the way looks into it.
    return { ...command, payload: {} } as UiCommand;
  }

  /** Whether a command may be served now: a locked tablet takes few [S70]. */
  permits(command: UiCommand): boolean {
    this.beat();
    return !this.isLocked || isAllowedLocked(command, this.vault.keepPanels);
  }

  /** Typed, tapped, or a command of the person: the idle time begins anew, unless it is over already [S70]. */
  noteInput(): void {
    this.beat();
    this.#inputAt = this.#env.now();
  }

  /** A page that was frozen meanwhile had no beats: what is due is done before anything begins anew. */
  setVisible(visible: boolean): void {
    this.beat();
    if (visible) this.#hiddenAt = null;
    else this.#hiddenAt ??= this.#env.now();
  }

  /** Called about every second: locks when it is due. */
  beat(): void {
    const now = this.#env.now();
    // A clock that was set back must not keep the vault open.
    this.#inputAt = Math.min(this.#inputAt, now);
    if (this.#hiddenAt !== null) this.#hiddenAt = Math.min(this.#hiddenAt, now);
    if (this.vault.phase === "unlocked" && lockIsDue(now, this.#inputAt, this.#hiddenAt)) this.vault.lock();
    void this.vault.noteClock();
  }

  /** Serves the command that was taken under this id. */
  async serve(id: string): Promise<Result> {
    const command = this.#held.get(id);
    this.#held.delete(id);
    if (command === undefined) return NOTHING_HELD;
    this.noteInput();
    return this.#serve(command);
  }

  async #serve(command: SecretCommand): Promise<Result> {
    const { vault, keys } = this;
    switch (command.action) {
      case "vault_create":
        return vault.create(command.payload.passphrase);
      case "vault_unlock": {
        const { payload } = command;
        const opener =
          "passphrase" in payload ? payload : { passkey: payload.passkey, prf: new Uint8Array(payload.prf) };
        const opened = await vault.unlock(opener);
        if (opened.ok && vault.vouches) this.onUnlocked();
        return opened;
      }
      case "vault_lock":
        vault.lockEverywhere();
        return { ok: true };
      case "vault_erase":
        return this.#erase(command.payload.word);
      case "vault_passphrase":
        return vault.changePassphrase({ passphrase: command.payload.passphrase }, command.payload.next);
      case "vault_passkey_add": {
        const { passphrase, passkey, label, salt, prf } = command.payload;
        return vault.addPasskey(passphrase, { id: passkey, label, salt, prf: new Uint8Array(prf) });
      }
      case "vault_passkey_remove":
        return vault.removePasskey(command.payload.passkey);
      case "vault_keep_panels":
        return vault.setKeepPanels(command.payload.on);
      case "vault_put":
        return this.#put(command.payload);
      case "vault_remove":
        return keys.remove(command.payload.entry);
      case "vault_export": {
        const file = await vaultFile();
        return file === null ? NO_CODE : file.exportVault(this.#env, vault, command.payload.passphrase);
      }
      case "vault_import": {
        const file = await vaultFile();
        if (file === null) return NO_CODE;
        const report = await file.importVault(this.#env, vault, command.payload.text, command.payload.passphrase);
        await keys.refresh();
        return report;
      }
      default:
        return this.#serveKeys(command);
    }
  }

  /** Whoever erases a locked vault did not show that it is theirs: what the lock protected goes with it [S70]. */
  async #erase(word: string): Promise<Result> {
    if (!this.isLocked) return this.vault.erase(word);
    if (!isEraseWord(word)) return refused("erase_word");
    await this.onForgotten();
    return { ok: true };
  }

  async #serveKeys(command: SecretCommand): Promise<Result> {
    const { keys } = this;
    switch (command.action) {
      case "key_make":
        return keys.make(command.payload.kind, command.payload.name);
      case "key_import": {
        const { text, passphrase, name, bindings } = command.payload;
        return keys.import(text, passphrase, name, bindings);
      }
      case "key_rename":
        return keys.rename(command.payload.key, command.payload.name);
      case "key_remove":
        return keys.remove(command.payload.key);
      case "login_choice":
        await this.choices.set(command.payload.of, command.payload.choice);
        return { ok: true };
      case "login_rebind":
        return rebindLogin(this, command.payload, this.#env.now());
      case "pin_forget":
        await this.choices.pins.remove(command.payload.place, command.payload.sha256);
        return { ok: true };
      default:
        return { ok: true };
    }
  }

  #put({ entry, kind, name, bindings, user, secret }: PutPayload): Promise<Result> {
    const common = { name: name.trim(), bindings: [...bindings], at: this.#env.now() };
    const made = (kept: string): VaultEntry =>
      kind === "password"
        ? { kind, ...common, secret: secret ?? kept, ...(user === undefined ? {} : { user }) }
        : { kind, ...common, secret: secret ?? kept };
    if (entry === undefined) return this.vault.put(made(""));
    return this.vault.change(entry, (before) => ("secret" in before ? made(before.secret) : undefined));
  }
}

type PutPayload = Extract<SecretCommand, { action: "vault_put" }>["payload"];

function vaultView(vault: Vault): VaultView {
  const wait_until = vault.waitUntil;
  return {
    phase: vault.phase,
    entries: vault.entries,
    unreadable: vault.unreadable,
    passkeys: vault.passkeys,
    keep_panels: vault.keepPanels,
    ...(vault.phase === "none" || vault.vouches ? {} : { unproven: true as const }),
    ...(wait_until === undefined ? {} : { wait_until }),
  };
}

function keysView(keys: KeyRing): SshKeysView {
  return { keys: keys.keys, kinds: keys.kinds };
}
