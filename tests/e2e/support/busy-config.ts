/** A file of tests pairs and connects more often in a minute than people do; every other limit stays as shipped. */
export const BUSY = {
  pairings_per_min: 1_000,
  pairings_per_address_per_min: 1_000,
  connecting_per_user: 50,
  connecting_per_target: 50,
  dials_per_user_per_min: 1_000,
  dials_per_target_per_min: 1_000,
  sessions_per_user: 200,
  links_per_user: 64,
  upgrades_unknown_per_min: 1_000,
};
