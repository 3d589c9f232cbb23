import { useEffect, useState } from "react";
import { useView, useViewSelector } from "#bridge/hooks.ts";
import { useLock } from "../vault/lock-cover.tsx";
import { DeviceNews } from "./device-news.ts";
import { notify } from "./notify.ts";
import type { SignalLevel } from "./signal-levels.ts";
import { type SignalAct, SignalPlan } from "./signal-plan.ts";
import { signalPreferences, useSignals } from "./signal-preferences.ts";
import { playTones, wakeSoundOnTouch } from "./tones.ts";

/** Milliseconds of a vibration [U71]. */
const VIBRATION_MS: Record<SignalLevel, number> = { critical: 600, warning: 120, change: 60, asks: 120 };

/** Sound, vibration and notifications of all open devices, where the person switched them on [U71] [U73]. */
export default function Signals({ open }: { open: readonly string[] }) {
  const [plan] = useState(() => new SignalPlan());
  const { sound } = useSignals();
  useEffect(() => (sound ? wakeSoundOnTouch(document) : undefined), [sound]);
  useEffect(() => {
    const seen = (): void => {
      if (!document.hidden) plan.seen();
    };
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, [plan]);
  return open.map((device) => <DeviceEar device={device} key={device} plan={plan} />);
}

/** Hears what is new of one device. */
function DeviceEar({ device, plan }: { device: string; plan: SignalPlan }) {
  const changes = useView(`changes:${device}`);
  const alerts = useView(`alerts:${device}`);
  const badge = useViewSelector(`device:${device}`, (view) => view?.badge);
  const record = useViewSelector(`device:${device}`, (view) => view?.record);
  const { panels } = useLock();
  const label = panels ? record?.label || record?.target.host || device : undefined;
  const [news] = useState(() => new DeviceNews(device, Date.now()));
  useEffect(() => {
    const now = Date.now();
    const signals = news.take({ changes, alerts, badge }, now);
    const acts = plan.take(signals, signalPreferences(), now, document.hidden);
    for (const act of acts) perform(act, label);
    const due = plan.nextDue;
    if (due === undefined) return undefined;
    const timer = setTimeout(() => {
      for (const act of plan.due(Date.now())) perform(act, label);
    }, due - now);
    return () => clearTimeout(timer);
  }, [changes, alerts, badge, label, plan, news]);
  return null;
}

function perform(act: SignalAct, label: string | undefined): void {
  if (act.do === "sound") playTones(act.level);
  else if (act.do === "vibrate") navigator.vibrate?.(VIBRATION_MS[act.level]);
  else void notify(act, label);
}
