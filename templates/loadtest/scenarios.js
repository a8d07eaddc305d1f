// Load tests of the services, for k6. README.md says how to run them; ENVIRONMENT.json beside this file has the rates.
//
// Rates are requests per minute, as the targets of ALBRequestCountPerTarget are. Each scenario begins and ends at
// 0.8 of what the first tasks take at their target. The rates of the load:
//   high-cpu       0.85 of that target, at requests that are heavy enough for 95 % CPU of the first tasks
//   high-requests  2.25 times what the first tasks take
//   both           the same, at requests that are heavy enough to need as many tasks for their CPU
//   ramp           gradually up to 4 times what the first tasks take
// None needs more than 0.8 of the maximum (or, where that is near, half way to it), and none exceeds what the maximum
// takes at its target: such a run is refused before anything is sent.

import { check } from "k6";
import exec from "k6/execution";
import http from "k6/http";

// A quarter of all requests failed: the test stops itself. Until the first scale-out some fail under CPU that is
// above 100 %, which is what these tests are about.
const ABORT = 0.25;

// Phases of a scenario: requests per minute at the beginning and the end, whether they are the scenario's and not those of
// before, and whether the expectations hold: they do not while the load is there and the tasks are not.
const PHASES = {
  before: { from: "base", to: "base", pressed: false, judged: true },
  scale_out: { from: "rate", to: "rate", pressed: true, judged: false },
  steady: { from: "rate", to: "rate", pressed: true, judged: true },
  after: { from: "base", to: "base", pressed: false, judged: true },
  up: { from: "base", to: "rate", pressed: true, judged: true },
  hold: { from: "rate", to: "rate", pressed: true, judged: true },
  down: { from: "rate", to: "base", pressed: true, judged: true },
};

// The names that the command gives must be there before anything is read.
const test = loadTest(__ENV);

export const options = test.options;
export const setup = test.setup;
export default test.run;

/** The options and functions of one run. Throws, before anything is sent, if it must not or cannot run. */
function loadTest(env) {
  const environment = environmentOf(env);
  const service = serviceOf(environment, env);
  const run = settings(environment, service, env);
  return {
    options: optionsOf(service, run),
    setup: () => probe(service, run),
    run: () => request(run, isHeavy(run) ? run.heavyPath : run.normalPath, {}),
  };
}

// The data of the environment.
function environmentOf(env) {
  const name = env.ENVIRONMENT || "";
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    refuse(`-e ENVIRONMENT=... must name an environment of the spec; it is ${name || "missing"}`);
  }
  let text = null;
  try {
    text = open(`./${name}.json`);
  } catch (_) {
    refuse(`there is no environment ${name}: ${name}.json is not beside scenarios.js`);
  }
  return JSON.parse(text);
}

function serviceOf(environment, env) {
  const name = env.SERVICE;
  const known = Object.keys(environment.services);
  if (name && Object.keys(environment.untested).includes(name)) {
    refuse(`${name} in ${environment.environment} has no load test: it ${environment.untested[name]}`);
  }
  if (!name || !known.includes(name)) {
    refuse(`-e SERVICE=... must be one of ${known.join(", ")}; it is ${name || "missing"}`);
  }
  return { environment: environment.environment, service: name, guard: environment.guard, ...environment.services[name] };
}

function settings(environment, service, env) {
  const name = env.SCENARIO;
  const known = Object.keys(service.scenarios);
  if (!name || !known.includes(name)) {
    refuse(`-e SCENARIO=... must be one of ${known.join(", ")}; it is ${name || "missing"}`);
  }
  const scenario = scenarioOf(service, name);
  const base = baseUrl(env.BASE_URL);
  guard(environment, service, env, base);
  const run = {
    name,
    scenario,
    base,
    normalPath: path(env, "NORMAL_PATH"),
    heavyPath: null,
    heavyShare: 0,
    method: env.METHOD || "GET",
    body: env.BODY || null,
    headers: headers(env.HEADERS),
  };
  if (scenario.heavy) {
    run.heavyPath = path(env, "HEAVY_PATH");
    run.heavyShare = heavyShare(service, scenario, env);
  }
  ceiling(service, scenario);
  return run;
}

/** A scenario, with the rates of its phases. */
function scenarioOf(service, name) {
  const scenario = service.scenarios[name];
  const rates = { base: service.base, rate: scenario.rate };
  const phases = Object.entries(scenario.seconds).map(([phase, seconds]) => {
    const { from, to, pressed, judged } = PHASES[phase];
    return { name: phase, seconds, from: rates[from], to: rates[to], pressed, judged };
  });
  return { ...scenario, phases };
}

function refuse(message) {
  throw new Error(`load test refused: ${message}`);
}

function baseUrl(text) {
  const parts = /^https?:\/\/([a-z0-9.-]+)(:[0-9]+)?(\/[^?#\s]*)?$/i.exec(text || "");
  if (!parts) {
    refuse(`-e BASE_URL=https://HOST must say what to test; it is ${text || "missing"}`);
  }
  return { url: text.replace(/\/+$/, ""), host: parts[1].toLowerCase() };
}

function guard(environment, service, env, base) {
  const words = base.host.split(/[.-]/).map((word) => word.replace(/[0-9]+$/, ""));
  // Words of a host name that look like production, unless one of the others is there too.
  const { production, before } = environment.hostWords;
  const looks = words.some((word) => production.includes(word)) && !words.some((word) => before.includes(word));
  const why = service.guard ? service.guard : looks ? `the host ${base.host} looks like production` : null;
  if (why && env.ALLOW_PRODUCTION !== service.environment) {
    refuse(
      `${service.environment}: ${why}. This sends up to ${service.ceiling} requests a minute and makes tasks that ` +
        `cost money. If that is meant: -e ALLOW_PRODUCTION=${service.environment}`,
    );
  }
}

function path(env, name) {
  const text = env[name];
  if (!text || !/^\/\S*$/.test(text)) {
    refuse(`-e ${name}=/... must be a path that answers with a 2xx; it is ${text || "missing"}`);
  }
  return text;
}

function headers(text) {
  if (!text) {
    return {};
  }
  let found = null;
  try {
    found = JSON.parse(text);
  } catch (_) {
    refuse("HEADERS must be a JSON object");
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    refuse("HEADERS must be a JSON object");
  }
  return found;
}

// As large a share of the requests is heavy as the scenario needs CPU, and no larger: that is the ceiling of CPU.
function heavyShare(service, scenario, env) {
  if (env.HEAVY_SHARE) {
    const share = Number(env.HEAVY_SHARE);
    if (!(share > 0 && share <= 1)) {
      refuse(`-e HEAVY_SHARE=... must be above 0 and at most 1; it is ${env.HEAVY_SHARE}`);
    }
    return share;
  }
  if (scenario.cpuMs === null) {
    refuse("the spec does not say the size of a task: -e HEAVY_SHARE=... must say which share of the requests is heavy");
  }
  const cost = Number(env.HEAVY_CPU_MS);
  if (!(cost > 0)) {
    refuse(
      "-e HEAVY_CPU_MS=... must say how many milliseconds of CPU a request of HEAVY_PATH costs, or -e HEAVY_SHARE=... " +
        "which share of the requests is heavy (README.md: how to measure it)",
    );
  }
  const share = Math.min(1, scenario.cpuMs / cost);
  const cpu = (100 * scenario.rate * share * cost) / (60000 * service.vcpu * service.start);
  if (cpu <= service.cpuTarget) {
    refuse(
      `requests of ${cost} ms bring ${service.start} tasks to ${cpu.toFixed(1)} % CPU, not above their target of ` +
        `${service.cpuTarget} %: HEAVY_PATH must cost ${scenario.cpuMs} ms or more`,
    );
  }
  return share;
}

function ceiling(service, scenario) {
  for (const phase of scenario.phases) {
    if (Math.max(phase.from, phase.to) > service.ceiling) {
      refuse(`${phase.name} is above the ceiling of ${service.ceiling} requests a minute`);
    }
  }
}

function optionsOf(service, run) {
  // Longer than any expected response; so many requests are never under way at once.
  const timeout = Math.max(20, Math.ceil((2 * service.p99) / 1000));
  const scenarios = {};
  const thresholds = {
    http_req_failed: [{ threshold: `rate<${ABORT}`, abortOnFail: true, delayAbortEval: "1m" }],
  };
  let start = 0;
  for (const phase of run.scenario.phases) {
    scenarios[phase.name] = executor(service, phase, start, timeout);
    start += phase.seconds;
    const sent = ((phase.from + phase.to) / 2) * (phase.seconds / 60);
    // Fewer: this machine could not send the load, and the rest says nothing.
    thresholds[`http_reqs{scenario:${phase.name}}`] = [`count>=${Math.floor(0.98 * sent)}`];
    if (phase.judged) {
      thresholds[`http_req_duration{scenario:${phase.name}}`] = [`p(95)<${service.p95}`, `p(99)<${service.p99}`];
      thresholds[`http_req_failed{scenario:${phase.name}}`] = [`rate<${Number((service.errorRate / 100).toPrecision(12))}`];
    }
  }
  return {
    scenarios,
    thresholds,
    // One iteration is one request: a redirect that is followed would be a second one.
    maxRedirects: 0,
    discardResponseBodies: true,
    // A load balancer gets more addresses as it grows.
    dns: { ttl: "1m", select: "random" },
    setupTimeout: "2m",
    summaryTrendStats: ["min", "med", "p(90)", "p(95)", "p(99)", "max"],
    tags: { environment: service.environment, service: service.service, test: run.name },
    userAgent: `k6 load test ${run.name} of ${service.environment}/${service.service}`,
  };
}

function executor(service, phase, start, timeout) {
  const highest = Math.max(phase.from, phase.to) / 60;
  const shared = {
    timeUnit: "1m",
    startTime: `${start}s`,
    preAllocatedVUs: Math.ceil((highest * service.p95) / 1000) + 1,
    maxVUs: Math.ceil(highest * timeout) + 1,
    gracefulStop: `${timeout}s`,
    env: { PRESSED: phase.pressed ? "yes" : "no", TIMEOUT: `${timeout}s` },
  };
  if (phase.from === phase.to) {
    return { executor: "constant-arrival-rate", rate: phase.from, duration: `${phase.seconds}s`, ...shared };
  }
  const stages = [{ target: phase.to, duration: `${phase.seconds}s` }];
  return { executor: "ramping-arrival-rate", startRate: phase.from, stages, ...shared };
}

// Spread evenly: of any 100 requests, 100 times the share are heavy.
function isHeavy(run) {
  if (__ENV.PRESSED !== "yes" || run.heavyShare === 0) {
    return false;
  }
  const index = exec.scenario.iterationInTest;
  return Math.floor((index + 1) * run.heavyShare) > Math.floor(index * run.heavyShare);
}

function request(run, path, more) {
  const parameters = { headers: run.headers, timeout: __ENV.TIMEOUT || "20s", tags: { name: path }, ...more };
  // A 3xx is no answer of a task: the load balancer may have sent it. A 4xx is no load.
  parameters.responseCallback = http.expectedStatuses({ min: 200, max: 299 });
  const response = http.request(run.method, run.base.url + path, run.body, parameters);
  check(response, { "status is 2xx": (answer) => answer.status >= 200 && answer.status < 300 });
  return response;
}

// One request for each path: a wrong one shows now, not after hours.
function probe(service, run) {
  for (const path of [run.normalPath, run.heavyPath].filter((path) => path !== null)) {
    const status = request(run, path, {}).status;
    if (status < 200 || status >= 300) {
      refuse(`${run.method} ${run.base.url}${path} answered ${status}, which is no 2xx`);
    }
  }
  console.log(`${service.environment}/${service.service}, ${run.name}: ${run.scenario.rate} a minute = ${run.scenario.how}`);
  if (run.heavyPath !== null) {
    console.log(`${(100 * run.heavyShare).toFixed(1)} % of them to ${run.heavyPath}`);
  }
  console.log(`from ${service.start} tasks to about ${run.scenario.tasks}, by ${run.scenario.policies.join(" or ")}`);
  for (const phase of run.scenario.phases) {
    console.log(`${phase.name}: ${phase.seconds / 60} min, ${phase.from} to ${phase.to} a minute`);
  }
}
