import { useSyncExternalStore } from "react";
import { createStore } from "#pwa/store.ts";
import type { ChartSpec } from "./chart-spec.ts";

const asked = createStore<ChartSpec | undefined>(undefined);

/** Opens the chart sheet; whatever is open below it stays. */
export const showChart = (spec: ChartSpec): void => asked.set(spec);
export const closeChart = (): void => asked.set(undefined);
export const useAskedChart = (): ChartSpec | undefined => useSyncExternalStore(asked.subscribe, asked.get);
