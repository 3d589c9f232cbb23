/** Types that user interface code may use; it reaches protocol and machines only through the bridge. */
import type { Down } from "#protocol/down.ts";

export type * from "#machines/desk-answers.ts";
export type * from "#machines/desk-views.ts";
export type * from "#machines/secret-views.ts";
export type * from "#machines/views.ts";
export type { HistoryEntry, Result, UiCommand } from "#protocol/local-messages.ts";
export type {
  BoundHost,
  BoundWay,
  HostPlace,
  LoginChoice,
  NewKeyKind,
  SecretBinding,
  SecretKind,
  VaultImportReport,
} from "#protocol/local-secrets.ts";
export type { ExportedFile, Side } from "#protocol/local-telemetry.ts";
export type { DeviceRecord } from "#protocol/messages/devices.ts";
export type { AlgorithmDiagnosis, ErrorPayload } from "#protocol/messages/error.ts";
export type { HostKey } from "#protocol/messages/target.ts";
export type { PanelId } from "#telemetry/knowledge/panels.ts";
export type { PanelReading, Source, Status } from "#telemetry/knowledge/reading.ts";
export type { BytesToPage } from "#workers/host-api.ts";
/** Answers to questions to the proxy. */
export type ClientsAnswer = Down<"clients">["payload"];
export type PairingAnswer = Down<"pairing">["payload"];
export type ActivityAnswer = Down<"audit_page">["payload"];
export type ClientView = ClientsAnswer["clients"][number];
export type ActivityEntry = ActivityAnswer["entries"][number];
