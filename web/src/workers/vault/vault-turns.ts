import { TabTurns, type TurnsEnv } from "../storage/tab-turns.ts";

/**
 * What another tab of this tablet did: locked the vault at the person's wish, changed something in it, erased it, or left
 * nothing of the tablet behind.
 */
const NEWS = ["locked", "changed", "erased", "left"] as const;
export type VaultNews = (typeof NEWS)[number];
export type VaultTurns = TabTurns<VaultNews>;

/** Acts on the vault, in this tab and over all tabs of the tablet: two of them at once would share one wait, too [S68]. */
export function vaultTurns(env: TurnsEnv, heard: (news: VaultNews) => void): VaultTurns {
  return new TabTurns(env, "rackside-vault", NEWS, heard);
}
