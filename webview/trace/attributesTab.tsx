import { useMemo, useState } from 'preact/hooks';
import type { Observation } from '../../src/model/observation';
import type { Json } from '../../src/model/value';
import { TextButton, TextField } from '../ui/controls';
import { Empty } from '../ui/empty';
import { Fold } from '../ui/fold';
import { formatSize, plural } from '../ui/format';
import { useHost } from '../ui/host';
import { Icon } from '../ui/icon';
import { isComposite, previewOf, toText } from '../ui/jsonShape';
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
          {() => <AttributeTable rows={groups.span} />}
        </Fold>
      )}
      {groups.resource.length > 0 && (
        <Fold title="Resource" note={plural(groups.resource.length, 'attribute')} open>
          {() => <AttributeTable rows={groups.resource} />}
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
        <table class="attributes fields">
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
                <td class="field-value">{shortValue(value)}</td>
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

function shortValue(value: Json | undefined): string {
  if (value === undefined) return '';
  const text = isComposite(value) ? previewOf(value, 60) : String(value);
  return text.length > 90 ? `${text.slice(0, 90)}… ${formatSize(text.length)}` : text;
}

function AttributeTable({ rows }: { readonly rows: readonly AttributeRow[] }) {
  const [limit, setLimit] = useState(200);
  const host = useHost();
  return (
    <>
      <table class="attributes">
        <thead class="hidden-text">
          <tr>
            <th>Attribute</th>
            <th>Value</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, limit).map(([key, value]) => (
            <tr key={key}>
              <th scope="row" title={key}>
                {key.slice(0, 300)}
              </th>
              <td>
                <div class="attribute-value">
                  <ValueView value={value} title={key} />
                  <TextButton
                    class="line-copy"
                    title={`Copy ${key}`}
                    onClick={() => void host.copy(toText(value))}
                  >
                    <Icon name="copy" label={`Copy ${key}`} />
                  </TextButton>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > limit && (
        <TextButton class="more-turns" onClick={() => setLimit(limit * 10)}>
          Show {plural(rows.length - limit, 'more attribute')}
        </TextButton>
      )}
    </>
  );
}
