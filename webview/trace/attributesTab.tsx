import { useMemo, useState } from 'preact/hooks';
import type { Observation } from '../../src/model/observation';
import type { Json } from '../../src/model/value';
import { TextButton, TextField } from '../ui/controls';
import { Empty } from '../ui/empty';
import { Fold } from '../ui/fold';
import { formatSize, plural } from '../../src/model/format';
import { useHost } from '../ui/host';
import { Icon } from '../ui/icon';
import {
  isComposite,
  isList,
  parseComposite,
  previewOf,
  toText,
  withVisibleControls,
  type Composite,
} from '../ui/jsonShape';
import { PartActions } from '../ui/partActions';
import { ValueView } from '../ui/value';
import { attributeGroups, fieldRows, type AttributeRow } from './attributeRows';

/** All that was sent, as it was sent, and how it was understood. */
export function AttributesTab({ observation }: { readonly observation: Observation }) {
  const [filter, setFilter] = useState('');
  const { attributes, name } = observation;
  const groups = useMemo(() => attributeGroups(attributes, filter), [attributes, filter]);
  const count = groups.span.length + groups.resource.length;
  return (
    <>
      <div class="panel-toolbar">
        <TextField label="Filter attributes" value={filter} onInput={setFilter} />
        <span class="spacer" />
        <PartActions
          part={{
            title: `Attributes of ${name.slice(0, 60)}`,
            language: 'json',
            text: () => JSON.stringify(attributes, undefined, 2),
          }}
        />
      </div>
      {filter === '' && <Fields observation={observation} />}
      {groups.span.length > 0 && (
        <Fold title="As sent" note={plural(groups.span.length, 'attribute')} open>
          {() => <AttributeList rows={groups.span} />}
        </Fold>
      )}
      {groups.resource.length > 0 && (
        <Fold title="Resource" note={plural(groups.resource.length, 'attribute')} open>
          {() => <AttributeList rows={groups.resource} />}
        </Fold>
      )}
      {count === 0 && (
        <Empty
          title={filter === '' ? 'It was sent without attributes.' : 'No attribute holds this.'}
        />
      )}
    </>
  );
}

function Fields({ observation }: { readonly observation: Observation }) {
  const rows = fieldRows(observation);
  if (rows.length === 0) {
    return (
      <Empty title="No convention was recognised.">
        It is shown as it came: its name, its times and its attributes.
      </Empty>
    );
  }
  return (
    <Fold title="Understood as" note={plural(rows.length, 'field')} open>
      {() => (
        <table class="fields">
          <thead class="hidden-text">
            <tr>
              <th>Field</th>
              <th>Value</th>
              <th>Read from</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ field, value, convention }) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                <td class="field-value" title={shortValue(value)}>
                  {shortValue(value)}
                </td>
                <td class="convention" title={`Read from the convention ${convention}`}>
                  {convention}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Fold>
  );
}

/** Content is shown under the other tabs; here only how much of it there is. */
function shortValue(value: Json | undefined): string {
  if (value === undefined) return '';
  if (isComposite(value)) {
    return isList(value) ? plural(value.length, 'item') : previewOf(value, 100);
  }
  return String(value).slice(0, 300);
}

function AttributeList({ rows }: { readonly rows: readonly AttributeRow[] }) {
  const [limit, setLimit] = useState(200);
  return (
    <>
      <ul class="attributes">
        {rows.slice(0, limit).map(([key, value]) => (
          <Attribute key={key} name={key} value={value} />
        ))}
      </ul>
      {rows.length > limit && (
        <TextButton class="more-turns" onClick={() => setLimit(limit * 10)}>
          Show {plural(rows.length - limit, 'more attribute')}
        </TextButton>
      )}
    </>
  );
}

/** A structure, also one that came as text, unless a line holds all of it. */
function longStructure(value: Json): Composite | undefined {
  const structure = isComposite(value) ? value : parseComposite(String(value));
  const shown = structure && previewOf(structure, 50);
  return shown?.includes('…') || (shown?.length ?? 0) > 50 ? structure : undefined;
}

/** Short values stand beside their key, structures and long texts fold under it. */
function Attribute({ name, value }: { readonly name: string; readonly value: Json }) {
  const host = useHost();
  const structure = longStructure(value);
  const long = typeof value === 'string' && value.length > 300;
  if (structure || long) {
    const text = toText(value);
    const preview = structure ? previewOf(structure, 100) : text.slice(0, 100);
    return (
      <li class="attribute">
        <Fold
          title={name.slice(0, 300)}
          note={formatSize(text.length)}
          preview={preview}
          part={{
            title: name.slice(0, 60),
            language: structure ? 'json' : 'plaintext',
            text: () => text,
          }}
        >
          {() => <ValueView value={value} title={name} />}
        </Fold>
      </li>
    );
  }
  return (
    <li class="attribute attribute-line">
      <span class="attribute-key" title={name}>
        {name.slice(0, 300)}
      </span>
      <span class="attribute-value" dir="auto">
        {withVisibleControls(isComposite(value) ? JSON.stringify(value) : toText(value))}
      </span>
      <TextButton
        class="line-copy"
        title={`Copy ${name.slice(0, 100)}`}
        onClick={() => void host.copy(toText(value))}
      >
        <Icon name="copy" label="Copy" />
      </TextButton>
    </li>
  );
}
