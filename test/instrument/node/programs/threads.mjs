import { isMainThread, Worker } from 'node:worker_threads';
import OpenAI from 'openai';

/** Calls the model in a thread, which ends by process.exit(); prints which threads there are. */
const call = () =>
  new OpenAI().chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: 'hello' }],
  });
if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  console.log('thread', worker.threadId);
  const code = await new Promise((resolve) => worker.on('exit', resolve));
  console.log('ended', code);
} else {
  await call();
  process.exit(5);
}
