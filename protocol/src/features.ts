/** Features that a welcome names: what a proxy can do beside the protocol's own. */

/** The proxy's host has an agent, and the configuration lets it be used [S60]. */
export const AGENT_FEATURE = "agent";
export type AgentFeature = typeof AGENT_FEATURE;
