/**
 * For every code of the closed list, and every reason that has something of its own to say, one text for people: what
 * happened, what was kept, what to do next [S98]. A code that this build does not know is shown as it came.
 */
import { CLOSE } from "./close-codes.ts";
import type { ErrorCode } from "./error-codes.ts";
import { REASON_TEXTS } from "./reason-texts.ts";

/** Sentences without a final code; whoever shows them adds `code/reason` in small print. */
export type ErrorText = { what: string; kept: string; next: string };

const SCREEN_KEPT = "The screen is kept.";
const FORM_KEPT = "The form stays filled in, and other sessions go on.";

const TEXTS: Readonly<Record<ErrorCode, ErrorText>> = {
  gone: {
    what: "This session no longer exists on the proxy.",
    kept: SCREEN_KEPT,
    next: "Reconnect to start a new one.",
  },
  busy: {
    what: "Another page or tablet is using this session.",
    kept: "The other page was left alone.",
    next: "Take the session over, or leave it there.",
  },
  gap: {
    what: "Part of the device's output is missing.",
    kept: "Everything before and after the marked place is complete.",
    next: "Run the command again if the missing part matters.",
  },
  conflict: {
    what: "This was changed elsewhere in the meantime.",
    kept: "The other change stands, and yours is still here.",
    next: "Choose “use mine” to send yours again, or keep the other.",
  },
  refused_by_policy: {
    what: "The proxy's target policy does not allow this address or port.",
    kept: FORM_KEPT,
    next: "Allow this address and port in the policy, or correct the address.",
  },
  unreachable: {
    what: "The proxy cannot reach the device.",
    kept: FORM_KEPT,
    next: "Check address, port and cabling, then try again.",
  },
  dial_timeout: {
    what: "The device did not answer in time.",
    kept: FORM_KEPT,
    next: "Check that the device is up and that nothing filters the port, then try again.",
  },
  host_key_unknown: {
    what: "The device's host key is not known yet, and nobody was there to be asked.",
    kept: "Nothing was sent to the device.",
    next: "Open the terminal and compare the fingerprint.",
  },
  host_key_changed: {
    what: "The device shows another host key than the one that is trusted: another device answers, or someone is in between.",
    kept: "The trusted key is unchanged, and no password was sent.",
    next: "Compare the new fingerprint on the device's console; replace the key in the device's settings only if it is right.",
  },
  no_common_algorithm: {
    what: "The device and Rackside have no algorithm in common.",
    kept: FORM_KEPT,
    next: "See what the device offers, and allow older algorithms for this device if you must.",
  },
  auth_failed: {
    what: "The device did not accept the login.",
    kept: "Address and user stay filled in.",
    next: "Check user and password, then try again.",
  },
  auth_prompt_needed: {
    what: "The device asks something, and nobody was there to answer.",
    kept: "The terminal goes on.",
    next: "Open the device and answer the question.",
  },
  channel_refused: {
    what: "The device refused to open a shell or to run the command.",
    kept: "What is already open on this device goes on.",
    next: "Check how many sessions the device allows and whether this user may open one.",
  },
  device_closed: {
    what: "The device closed the connection.",
    kept: "The screen, the history and text that was not sent are kept.",
    next: "Reconnect when the device is ready.",
  },
  device_misbehaved: {
    what: "The device broke the rules of SSH, so the connection was ended.",
    kept: "Everything received before that is kept, and other sessions go on.",
    next: "Reconnect; if it happens again, look for a firmware update of the device.",
  },
  limit: {
    what: "A limit of the proxy is reached.",
    kept: "Sessions that are open go on.",
    next: "Close something that is no longer needed, or wait and try again.",
  },
  overloaded: {
    what: "The proxy is at its capacity.",
    kept: "Sessions that are open go on.",
    next: "It is tried again by itself; closing sessions helps.",
  },
  unsupported: {
    what: "This version of the proxy cannot do that.",
    kept: "Nothing was changed.",
    next: "Update the proxy, or do without.",
  },
  invalid: {
    what: "The value is not valid.",
    kept: "The current setting is unchanged.",
    next: "Correct the field that is named, then try again.",
  },
  storage: {
    what: "It could not be stored.",
    kept: "What was stored before is unchanged.",
    next: "Check free space and the permissions of the state folder, then try again.",
  },
  offline: {
    what: "There is no connection to the proxy.",
    kept: "Sessions go on at the proxy for their grace time.",
    next: "The link is tried again by itself; tap to try now.",
  },
  worker_failed: {
    what: "The part of the app that holds the connections stopped.",
    kept: "Sessions go on at the proxy, and the app takes them up again.",
    next: "Wait a moment; reload the page if nothing happens.",
  },
  internal: {
    what: "The proxy met an error of its own.",
    kept: "Other sessions go on.",
    next: "Try again; if it happens again, report the code with the proxy's log.",
  },
};

/** Texts for `code` and, where there are any, for `reason`; an unknown code shows itself [S98]. */
export function errorText(code: string, reason?: string): ErrorText {
  const general = Object.hasOwn(TEXTS, code) ? TEXTS[code as ErrorCode] : undefined;
  const full = reason === undefined ? code : `${code}/${reason}`;
  const special = Object.hasOwn(REASON_TEXTS, full) ? REASON_TEXTS[full] : undefined;
  if (general === undefined) {
    return special === undefined ? unknown(full) : { ...unknown(full), ...special };
  }
  if (special !== undefined) return { ...general, ...special };
  return reason === undefined ? general : { ...general, what: `${general.what} (${full})` };
}

function unknown(full: string): ErrorText {
  return {
    what: `The proxy reported “${full}”, which this version of the app does not know.`,
    kept: "Nothing was changed in the app.",
    next: "Update the app, or look the code up in the proxy's documentation.",
  };
}

const CLOSE_TEXTS: Readonly<Record<number, ErrorText>> = {
  [CLOSE.goingAway]: {
    what: "The proxy is shutting down.",
    kept: SCREEN_KEPT,
    next: "The link is tried again by itself.",
  },
  [CLOSE.timeout]: {
    what: "The proxy heard nothing from this page for too long.",
    kept: "Sessions go on at the proxy for their grace time.",
    next: "The link is tried again by itself.",
  },
  [CLOSE.superseded]: {
    what: "This page opened a newer link.",
    kept: "Everything goes on there.",
    next: "Nothing to do.",
  },
  [CLOSE.overloaded]: {
    what: "The proxy accepts no more links at the moment.",
    kept: "Sessions go on at the proxy for their grace time.",
    next: "The link is tried again by itself; close pages that are no longer needed.",
  },
  [CLOSE.staleAttempt]: {
    what: "A newer attempt of this app was faster.",
    kept: "The newer link goes on.",
    next: "The link is tried again by itself.",
  },
  [CLOSE.protocol]: {
    what: "App and proxy do not understand each other.",
    kept: "Sessions go on at the proxy for their grace time.",
    next: "Reload the page; if it happens again, update app and proxy to the same version.",
  },
  [CLOSE.auth]: {
    what: "This client is not signed in at the proxy, or was revoked.",
    kept: "The screen and the layout are kept.",
    next: "Pair this client again with a code from the proxy.",
  },
  [CLOSE.version]: {
    what: "The proxy speaks another version of the protocol.",
    kept: SCREEN_KEPT,
    next: "Apply the app's update, then it connects again.",
  },
  [CLOSE.takenOver]: {
    what: "All sessions of this page were taken over elsewhere.",
    kept: SCREEN_KEPT,
    next: "Take a session back when you need it here.",
  },
  [CLOSE.forbidden]: {
    what: "The proxy does not allow this.",
    kept: "Nothing was changed.",
    next: "Ask whoever runs the proxy.",
  },
  [CLOSE.tooLarge]: {
    what: "A message was larger than the proxy takes.",
    kept: "Sessions go on at the proxy for their grace time.",
    next: "Reload the page; if it happens again, report it.",
  },
};

/** Why a link ended, by WebSocket close code; the browser's own codes read as a lost connection. */
export function closeText(code: number): ErrorText {
  const known = CLOSE_TEXTS[code];
  if (known !== undefined) return known;
  if (code >= 4000 && code <= 4999) return unknown(`close ${code}`);
  return {
    what: `The connection to the proxy was lost (close ${code}).`,
    kept: "Sessions go on at the proxy for their grace time.",
    next: "The link is tried again by itself.",
  };
}
