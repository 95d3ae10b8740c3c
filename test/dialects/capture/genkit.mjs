/** A weather flow on Genkit, with the plugin for compatible services, traced by OpenTelemetry. */
import { openAI } from '@genkit-ai/compat-oai/openai';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { genkit, z } from 'genkit';

process.env.GENKIT_ENV = 'prod';
const provider = new NodeTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const ai = genkit({ plugins: [openAI({ baseURL: process.env.OPENAI_BASE_URL })] });
const getWeather = ai.defineTool(
  {
    name: 'get_weather',
    description: 'Tells the weather',
    inputSchema: z.object({ city: z.string() }),
  },
  async ({ city }) => `rain in ${city}`,
);
const desk = ai.defineFlow({ name: 'desk', inputSchema: z.string() }, async (question) => {
  const { text } = await ai.generate({
    model: openAI.model('gpt-5-mini'),
    system: 'Be brief.',
    prompt: question,
    tools: [getWeather],
  });
  return text;
});
console.log(await desk('What is the weather in Brest?'));
await ai
  .generate({ model: openAI.model('fault-500'), prompt: 'Fail' })
  .catch((error) => console.log(error.name));
await provider.shutdown();
