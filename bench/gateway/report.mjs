// From the raw rows of a run to its table: medians of the quiet rounds, ratios to the brokers themselves in the same round, and whether our
// gateway meets what is wanted of it.
import { median, printTable } from '../environment.mjs';
import { OURS } from './layout.mjs';

/** A round with more than this much work of others beside it is left out where others remain. */
export const QUIET_CORES = 1;

const atLeast = (limit) => ({ text: `>= ${limit}`, isMet: (value) => value >= limit });
const atMost = (limit) => ({ text: `<= ${limit}`, isMet: (value) => value <= limit });

/** `isRatio`: divided by what `direct` had in the same round. `digits`: of what is printed. */
const MEASURES = [
  { title: 'produce: MB/s', workload: 'produce', key: 'mbPerSecond', digits: 0 },
  { title: 'produce: ratio to direct', workload: 'produce', key: 'mbPerSecond', isRatio: true, digits: 2, wanted: atLeast(0.93) },
  { title: 'produce: proxy CPU s/GB', workload: 'produce', key: 'cpuSecondsPerGb', digits: 2, wanted: atMost(1.4) },
  { title: 'consume: MB/s', workload: 'consume', key: 'mbPerSecond', digits: 0 },
  { title: 'consume: ratio to direct', workload: 'consume', key: 'mbPerSecond', isRatio: true, digits: 2, wanted: atLeast(0.95) },
  { title: 'consume: proxy CPU s/GB', workload: 'consume', key: 'cpuSecondsPerGb', digits: 2, wanted: atMost(1.05) },
  { title: 'send to ack: p50 us', workload: 'latency', key: 'p50', digits: 0 },
  { title: 'send to ack: p50, ratio to direct', workload: 'latency', key: 'p50', isRatio: true, digits: 2, wanted: atMost(1.9) },
  { title: 'send to ack: p99 us', workload: 'latency', key: 'p99', digits: 0 },
  { title: 'send to ack: p99, ratio to direct', workload: 'latency', key: 'p99', isRatio: true, digits: 2 },
  { title: 'send to ack: proxy CPU s', workload: 'latency', key: 'cpuSeconds', digits: 2 },
  { title: 'connections: CPU us/request', workload: 'connections', key: 'cpuMicrosPerRequest', digits: 0, wanted: atMost(100) },
  { title: 'connections: KiB each', workload: 'connections', key: 'kibPerConnection', digits: 1, wanted: atMost(30) },
  { title: 'connections: MiB with all of them', workload: 'connections', key: 'residentMib', digits: 0 },
  { title: 'connections: p99 ms', workload: 'connections', key: 'p99Ms', digits: 1 },
  { title: 'connections: errors and late, all rounds', workload: 'connections', key: 'failures', pick: sum, digits: 0, wanted: atMost(0) },
  { title: 'peak MiB: under load', workload: 'memory', key: 'loadPeakMib', pick: highest, digits: 0, wanted: atMost(130) },
  { title: 'peak MiB: a 95 MB batch in and out', workload: 'memory', key: 'onePeakMib', pick: highest, digits: 0, wanted: atMost(130) },
  { title: 'peak MiB: 4 of them at once', workload: 'memory', key: 'fourPeakMib', pick: highest, digits: 0, wanted: atMost(130) },
  { title: 'start to first served request, ms', workload: 'start', key: 'ms', digits: 0, wanted: atMost(400) },
];

export function printReport(rows, names) {
  const others = names.filter((name) => name !== OURS);
  const columns = [...others, ...names.filter((name) => name === OURS)];
  const measured = MEASURES.filter(({ workload, key }) => rows.some((row) => row.workload === workload && row[key] !== undefined));
  printTable(['', ...columns, 'range', 'target', ''], measured.map((measure) => {
    const ours = valuesOf(rows, measure, OURS);
    const cells = columns.map((name) => renderPicked(valuesOf(rows, measure, name), measure));
    return [measure.title, ...cells, renderRange(ours, measure), measure.wanted?.text ?? '', verdictOf(rows, measure)];
  }));
  console.log(`range: of ${OURS}, over the rounds that count; peaks are the highest of all rounds, errors their sum`);
}

/** How much everybody else used, in cores, for each round. */
export function printOtherLoad(rows, names) {
  const watched = rows.filter(({ otherCores }) => otherCores !== undefined);
  const keys = [...new Set(watched.map(({ workload, round }) => `${workload} ${round}`))];
  printTable(['other load, cores', ...names], keys.map((key) => [key, ...names.map((name) => {
    const row = watched.find((candidate) => `${candidate.workload} ${candidate.round}` === key && candidate.target === name);
    return row === undefined ? '-' : `${row.otherCores.toFixed(2)}${isNoisy(row) ? '!' : ' '}`;
  })]));
  const noisy = watched.filter(isNoisy).length;
  if (noisy > 0) console.log(`!: more than ${QUIET_CORES} core of others; ${noisy} of ${watched.length} measurements, left out where quieter rounds remain`);
}

/** The values of a target, without the noisy rounds unless there are no others. */
export function valuesOf(rows, measure, target) {
  const all = readValues(rows, measure, target);
  const quiet = all.filter((one) => !one.isNoisy);
  return (quiet.length > 0 ? quiet : all).map(({ value }) => value);
}

/** Whether our gateway meets what is wanted; "noisy" beside it when no quiet round says so. */
export function verdictOf(rows, measure) {
  const verdict = judge(valuesOf(rows, measure, OURS), measure);
  return verdict !== '' && readValues(rows, measure, OURS).every((one) => one.isNoisy) ? `${verdict}, noisy` : verdict;
}

/** What is summed or the highest is of all rounds: no other load makes an error or a peak disappear. */
function readValues(rows, { workload, key, isRatio = false, pick }, target) {
  const isLeftOut = (row) => pick === undefined && isNoisy(row);
  const ofWorkload = rows.filter((row) => row.workload === workload && row[key] !== undefined);
  return ofWorkload.filter((row) => row.target === target).flatMap((row) => {
    if (!isRatio) return [{ value: row[key], isNoisy: isLeftOut(row) }];
    const direct = ofWorkload.find((other) => other.target === 'direct' && other.round === row.round);
    return direct === undefined ? [] : [{ value: row[key] / direct[key], isNoisy: isLeftOut(row) || isLeftOut(direct) }];
  });
}

function isNoisy({ otherCores = 0 }) {
  return otherCores > QUIET_CORES;
}

function pickOf(values, { pick = median }) {
  return pick(values);
}

function renderPicked(values, measure) {
  return values.length === 0 ? '-' : pickOf(values, measure).toFixed(measure.digits);
}

function renderRange(values, { digits }) {
  return values.length < 2 ? '' : `${Math.min(...values).toFixed(digits)}..${Math.max(...values).toFixed(digits)}`;
}

/** Empty where nothing is wanted or nothing was measured. */
function judge(values, measure) {
  if (measure.wanted === undefined || values.length === 0) return '';
  return measure.wanted.isMet(pickOf(values, measure)) ? 'met' : 'missed';
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function highest(values) {
  return Math.max(...values);
}
