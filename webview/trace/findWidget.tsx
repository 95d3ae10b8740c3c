import { IconButton, TextField } from '../ui/controls';
import { formatExact } from '../../src/model/format';
import { placeOf } from './outline';
import type { TraceModel } from './traceModel';

interface FindWidgetProps {
  readonly model: TraceModel;
  readonly onClose: () => void;
}

/** The find widget over the tree, with the keys of VS Code's own. */
export function FindWidget({ model, onClose }: FindWidgetProps) {
  const close = () => {
    model.closeFind();
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter' || event.key === 'F3') model.findNext(event.shiftKey ? -1 : 1);
    else if (event.key === 'ArrowDown') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="find-widget" role="search">
      <TextField
        label="Find name, model, tool"
        value={model.find.value.text}
        onInput={(text) => model.findText(text)}
        onKeyDown={onKeyDown}
        focused
      />
      <span class="find-count" role="status">
        {countText(model)}
      </span>
      <IconButton
        label="Previous (Shift+Enter)"
        icon="arrow-up"
        onClick={() => model.findNext(-1)}
      />
      <IconButton label="Next (Enter)" icon="arrow-down" onClick={() => model.findNext(1)} />
      <IconButton label="Close (Escape)" icon="close" onClick={close} />
    </div>
  );
}

function countText(model: TraceModel): string {
  const matches = model.matches.value;
  if (model.find.value.text === '') return '';
  if (matches.length === 0) return 'No results';
  const row = model.selectedRow.value;
  const at = placeOf(matches, row);
  const place = matches[at] === row ? formatExact(at + 1) : '?';
  return `${place} of ${formatExact(matches.length)}`;
}
