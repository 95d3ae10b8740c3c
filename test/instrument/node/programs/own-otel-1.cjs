const { context, trace } = require('@opentelemetry/api');
const {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} = require('@opentelemetry/sdk-trace-node');

/** An app on OpenTelemetry 1.x, whose API is older than ours, beside the openai client in SDK. */
const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider();
provider.addSpanProcessor(new SimpleSpanProcessor(exporter));
provider.register();

const { OpenAI } = require(process.env.SDK + '/node_modules/openai');
trace.getTracer('app').startActiveSpan('handle', async (span) => {
  await new OpenAI().chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: 'hello' }],
  });
  trace.getTracer('app').startSpan('after', {}, context.active()).end();
  span.end();
  console.log(
    exporter
      .getFinishedSpans()
      .map((one) => one.name)
      .join(),
  );
});
