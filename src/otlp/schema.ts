import type { WireMessage } from '../base/wireLeaves';

/**
 * The protocol's messages as tables, for the two ways between JSON and protobuf. Field names are
 * those of OTLP/JSON, in the order of their numbers. Reading spans does not go this way: the
 * views in `spanView` and `logView` know their fields by themselves.
 */

export type Scalar =
  'id' | 'text' | 'base64' | 'bool' | 'int64' | 'uint32' | 'fixed32' | 'fixed64' | 'double';

export interface Field {
  readonly number: number;
  readonly type:
    Scalar | { readonly names: readonly string[] } | { readonly message: () => Schema };
  readonly repeated?: boolean;
  /** What older senders call it. */
  readonly formerly?: string;
}

export class Schema implements WireMessage {
  readonly fields: readonly (readonly [name: string, field: Field])[];
  readonly byNumber: ReadonlyMap<number, readonly [name: string, field: Field]>;

  constructor(fields: Readonly<Record<string, Field>>) {
    this.fields = Object.entries(fields);
    this.byNumber = new Map(this.fields.map((entry) => [entry[1].number, entry]));
  }

  nested(number: number): Schema | undefined {
    const type = this.byNumber.get(number)?.[1].type;
    return typeof type === 'object' && 'message' in type ? type.message() : undefined;
  }
}

const scalar = (number: number, type: Scalar): Field => ({ number, type });
const one = (number: number, message: () => Schema): Field => ({ number, type: { message } });
const many = (number: number, message: () => Schema, formerly?: string): Field => ({
  ...one(number, message),
  repeated: true,
  formerly,
});

/** Exactly one of its fields is set, and set even where it is empty or zero. */
export const anyValue: Schema = new Schema({
  stringValue: scalar(1, 'text'),
  boolValue: scalar(2, 'bool'),
  intValue: scalar(3, 'int64'),
  doubleValue: scalar(4, 'double'),
  arrayValue: one(5, () => arrayValue),
  kvlistValue: one(6, () => keyValueList),
  bytesValue: scalar(7, 'base64'),
});

const arrayValue = new Schema({ values: many(1, () => anyValue) });
const keyValue = new Schema({ key: scalar(1, 'text'), value: one(2, () => anyValue) });
const keyValueList = new Schema({ values: many(1, () => keyValue) });

export const resource = new Schema({
  attributes: many(1, () => keyValue),
  droppedAttributesCount: scalar(2, 'uint32'),
  entityRefs: many(3, () => entityRef),
});

const entityRef = new Schema({
  schemaUrl: scalar(1, 'text'),
  type: scalar(2, 'text'),
  idKeys: { ...scalar(3, 'text'), repeated: true },
  descriptionKeys: { ...scalar(4, 'text'), repeated: true },
});

export const scope = new Schema({
  name: scalar(1, 'text'),
  version: scalar(2, 'text'),
  attributes: many(3, () => keyValue),
  droppedAttributesCount: scalar(4, 'uint32'),
});

const spanKinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const statusCodes = ['UNSET', 'OK', 'ERROR'];
const severities = [
  'UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) =>
    ['', '2', '3', '4'].map((step) => name + step),
  ),
];

const status = new Schema({
  message: scalar(2, 'text'),
  code: { number: 3, type: { names: statusCodes.map((name) => `STATUS_CODE_${name}`) } },
});

const event = new Schema({
  timeUnixNano: scalar(1, 'fixed64'),
  name: scalar(2, 'text'),
  attributes: many(3, () => keyValue),
  droppedAttributesCount: scalar(4, 'uint32'),
});

const link = new Schema({
  traceId: scalar(1, 'id'),
  spanId: scalar(2, 'id'),
  traceState: scalar(3, 'text'),
  attributes: many(4, () => keyValue),
  droppedAttributesCount: scalar(5, 'uint32'),
  flags: scalar(6, 'fixed32'),
});

export const span = new Schema({
  traceId: scalar(1, 'id'),
  spanId: scalar(2, 'id'),
  traceState: scalar(3, 'text'),
  parentSpanId: scalar(4, 'id'),
  name: scalar(5, 'text'),
  kind: { number: 6, type: { names: spanKinds.map((name) => `SPAN_KIND_${name}`) } },
  startTimeUnixNano: scalar(7, 'fixed64'),
  endTimeUnixNano: scalar(8, 'fixed64'),
  attributes: many(9, () => keyValue),
  droppedAttributesCount: scalar(10, 'uint32'),
  events: many(11, () => event),
  droppedEventsCount: scalar(12, 'uint32'),
  links: many(13, () => link),
  droppedLinksCount: scalar(14, 'uint32'),
  status: one(15, () => status),
  flags: scalar(16, 'fixed32'),
});

export const logRecord = new Schema({
  timeUnixNano: scalar(1, 'fixed64'),
  severityNumber: {
    number: 2,
    type: { names: severities.map((name) => `SEVERITY_NUMBER_${name}`) },
  },
  severityText: scalar(3, 'text'),
  body: one(5, () => anyValue),
  attributes: many(6, () => keyValue),
  droppedAttributesCount: scalar(7, 'uint32'),
  flags: scalar(8, 'fixed32'),
  traceId: scalar(9, 'id'),
  spanId: scalar(10, 'id'),
  observedTimeUnixNano: scalar(11, 'fixed64'),
  eventName: scalar(12, 'text'),
});

const scopeField: Field = { ...one(1, () => scope), formerly: 'instrumentationLibrary' };

const scopeSpans = new Schema({ scope: scopeField, spans: many(2, () => span) });
const scopeLogs = new Schema({ scope: scopeField, logRecords: many(2, () => logRecord) });

const resourceSpans = new Schema({
  resource: one(1, () => resource),
  scopeSpans: many(2, () => scopeSpans, 'instrumentationLibrarySpans'),
});
const resourceLogs = new Schema({
  resource: one(1, () => resource),
  scopeLogs: many(2, () => scopeLogs, 'instrumentationLibraryLogs'),
});

export const tracesRequest = new Schema({ resourceSpans: many(1, () => resourceSpans) });
export const logsRequest = new Schema({ resourceLogs: many(1, () => resourceLogs) });
