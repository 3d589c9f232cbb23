// Loaded into the proxy's process before anything else: SIGUSR2 collects all garbage, then says so by writing what is left
// (process.memoryUsage) to the file that RACKSIDE_BENCH_COLLECTED names. Without it the size of a process says more about the collector than about sessions.
const { renameSync, writeFileSync } = require("node:fs");
const { setFlagsFromString } = require("node:v8");
const { runInNewContext } = require("node:vm");

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

process.on("SIGUSR2", () => {
  collect();
  collect();
  const file = process.env.RACKSIDE_BENCH_COLLECTED;
  writeFileSync(`${file}.part`, JSON.stringify(process.memoryUsage()));
  renameSync(`${file}.part`, file);
});
