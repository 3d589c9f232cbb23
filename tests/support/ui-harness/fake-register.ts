/** Stands in for the service worker's registration: there is none in the harness. */
export const registerSW = () => () => Promise.resolve();
