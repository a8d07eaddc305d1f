// A k6 for tests: evaluates a script as k6 does and says as JSON what it would send. Nothing is sent.
//
//   node k6.mjs SCRIPT RUNS
//
// RUNS is a list in JSON; a run has `env` (what `-e` gives), `status` (path → status code; 200 where nothing is said), `iterations` (of each
// scenario to run; the script sees the same variables and counters as under k6).
// Printed is a list too: `refused` (the error of a script that does not want to run, and whether anything was sent before), or
// `options`, `sent` (scenario → iterations that its executor would start, by arithmetic), `logs`, and `paths`
// (scenario → path → how often it was requested in those iterations).

import { readFileSync } from "node:fs";
import { register } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const [script, runs] = [process.argv[2], JSON.parse(process.argv[3])];
let [run, requests, logs, initialising] = [null, [], [], false];
const counters = { scenario: { iterationInTest: 0, name: "" } };

globalThis.k6 = {
  check: (value, checks) => Object.values(checks).every((holds) => holds(value)),
  exec: counters,
  http: {
    expectedStatuses: (...ranges) => ranges,
    request(method, url, body, parameters) {
      const path = url.slice(run.env.BASE_URL.replace(/\/+$/, "").length);
      requests.push({ method, url, path, body, headers: parameters.headers, timeout: parameters.timeout });
      return { status: (run.status || {})[path] || 200 };
    },
  },
};
// k6 reads files in the init context only, by paths that begin at the script.
globalThis.open = (path) => {
  if (!initialising) throw new Error("open() is there while the script begins, and not later");
  return readFileSync(join(dirname(script), path), "utf8");
};
console.log = (line) => logs.push(line);

// k6's modules, and scripts as the modules that they are for k6.
const hooks = `
  const STUBS = {
    "k6": "export const check = globalThis.k6.check;",
    "k6/execution": "export default globalThis.k6.exec;",
    "k6/http": "export default globalThis.k6.http;",
  };
  export async function resolve(specifier, context, next) {
    const stub = STUBS[specifier];
    if (stub) return { url: "data:text/javascript," + encodeURIComponent(stub), shortCircuit: true };
    if (specifier.startsWith("k6")) throw new Error("k6 has no module " + specifier + " here");
    return next(specifier, context);
  }
  export async function load(url, context, next) {
    return next(url, url.startsWith("file:") ? { ...context, format: "module" } : context);
  }
`;
register("data:text/javascript," + encodeURIComponent(hooks));

const COMMON = ["executor", "timeUnit", "startTime", "preAllocatedVUs", "maxVUs", "gracefulStop", "env"];
const OWN = {
  "constant-arrival-rate": ["rate", "duration"],
  "ramping-arrival-rate": ["startRate", "stages"],
};

const seconds = (text) => {
  const parts = /^([0-9]+)s$/.exec(text);
  if (!parts) throw new Error(`not a duration in seconds: ${text}`);
  return Number(parts[1]);
};

const whole = (what, number, least) => {
  if (!Number.isInteger(number) || number < least) throw new Error(`${what} is ${number}`);
  return number;
};

/** Iterations that an executor starts; refuses what k6 would. */
function iterations(name, scenario) {
  const own = OWN[scenario.executor];
  if (!own) throw new Error(`${name}: no executor ${scenario.executor}`);
  const keys = [...COMMON, ...own].sort().join();
  if (Object.keys(scenario).sort().join() !== keys) throw new Error(`${name} has ${Object.keys(scenario)}, not ${keys}`);
  if (scenario.timeUnit !== "1m") throw new Error(`${name}: rates are per minute`);
  if (!/^[A-Za-z0-9_-]+$/.test(name)) throw new Error(`${name} is no name of a scenario`);
  if (!Object.values(scenario.env).every((value) => typeof value === "string")) throw new Error("env holds text");
  whole("preAllocatedVUs", scenario.preAllocatedVUs, 1);
  whole("maxVUs", scenario.maxVUs, scenario.preAllocatedVUs);
  seconds(scenario.startTime);
  if (scenario.executor === "constant-arrival-rate") {
    return (whole("rate", scenario.rate, 1) * seconds(scenario.duration)) / 60;
  }
  let [from, sum] = [whole("startRate", scenario.startRate, 0), 0];
  for (const { target, duration } of scenario.stages) {
    sum += ((from + whole("target", target, 0)) / 2) * (seconds(duration) / 60);
    from = target;
  }
  return sum;
}

function played(main, name, scenario) {
  const paths = {};
  globalThis.__ENV = { ...run.env, ...scenario.env };
  for (let index = 0; index < run.iterations; index += 1) {
    Object.assign(counters.scenario, { iterationInTest: index, name });
    const before = requests.length;
    main();
    if (requests.length !== before + 1) throw new Error("one iteration is one request");
    const { path } = requests[before];
    paths[path] = (paths[path] || 0) + 1;
  }
  return paths;
}

async function answer(number) {
  globalThis.__ENV = { ...run.env };
  try {
    // Evaluated anew for every run, as k6 does.
    initialising = true;
    const { options, setup, default: main } = await import(`${pathToFileURL(script)}?${number}`);
    initialising = false;
    const scenarios = Object.entries(options.scenarios);
    const sent = Object.fromEntries(scenarios.map(([name, scenario]) => [name, iterations(name, scenario)]));
    setup();
    const probes = [...requests];
    const paths = Object.fromEntries(scenarios.map(([name, scenario]) => [name, played(main, name, scenario)]));
    return { options, sent, probes, paths, logs };
  } catch (error) {
    return { refused: error.message, sent: requests.length };
  }
}

const answers = [];
for (run of runs) {
  [requests, logs] = [[], []];
  answers.push(await answer(answers.length));
}
process.stdout.write(JSON.stringify(answers));
