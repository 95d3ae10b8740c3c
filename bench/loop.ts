import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCore, removeStore, type Bench } from './bench';
import { formatNumber, type Figure } from './figure';

const spansPerSecond = 5000;

interface Delay {
  readonly p99: number;
  readonly max: number;
}

/** How late the loop of the process that holds the product runs, which in the editor is everyone's. */
export async function measureLoop(bench: Bench): Promise<readonly Figure[]> {
  const { scale, sender, folder, progress } = bench;
  const core = await openCore(bench, 'loop');
  let announced = 0;
  core.onTracesChanged(() => announced++);
  try {
    progress('loop: idle');
    await sleep(200);
    const idle = await delayDuring(() => sleep(scale.pacedSeconds * 400));
    progress(`loop: ${spansPerSecond} spans a second`);
    const target = { endpoint: core.endpoint, shape: 'live', pass: 1 } as const;
    const pace = { spansPerSecond, seconds: scale.pacedSeconds };
    let sent = await sender.sendPaced(target, { ...pace, seconds: scale.pacedSeconds / 5 });
    const before = process.cpuUsage();
    const loaded = await delayDuring(async () => {
      sent = await sender.sendPaced({ ...target, pass: 1000 }, pace);
    });
    const { user, system } = process.cpuUsage(before);
    const reached = (1000 * sent.spans) / sent.milliseconds;
    return [
      {
        ...{ id: 'loop.p99', name: 'Main loop delay, p99, at 5,000 live spans a second' },
        ...{ value: loaded.p99, unit: 'ms', goal: { atMost: 5 } },
        detail:
          `idle ${formatNumber(idle.p99)} ms, longest ${formatNumber(loaded.max)} ms; ` +
          `${formatNumber(reached)} spans/s came, ${announced} announcements`,
      },
      {
        ...{ id: 'live.cpu', name: 'CPU of the whole process meanwhile, index and all' },
        ...{ value: (user + system) / sent.spans, unit: 'µs/span' },
        detail: 'one processor has 200 for each span at this rate',
      },
      {
        ...{ id: 'live.answered', name: 'Live request, due to committed and answered, p99' },
        ...{ value: sent.answered.p99, unit: 'ms' },
        detail: `median ${formatNumber(sent.answered.p50)} ms`,
      },
    ];
  } finally {
    await core.close();
    removeStore(folder, 'loop');
  }
}

/** The time between two ticks of a timer of 1 ms, that millisecond included. */
async function delayDuring(work: () => Promise<unknown>): Promise<Delay> {
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  await work();
  monitor.disable();
  return { p99: monitor.percentile(99) / 1e6, max: monitor.max / 1e6 };
}
