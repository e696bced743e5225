import { limits } from '../../schemas/limits.ts';
import { contextMessage, turnEvent, wireEvent, type WireEvent } from '../../schemas/wire-event.ts';
import { createTypeTable } from './by-type.ts';
import type { Fault } from './fault.ts';
import { isDeeperThan, sortedJson } from './sorted-json.ts';

/** The names that the contract knows at one place. */
interface Names {
  readonly known: ReadonlySet<string>;
  /** Those of the last object there, in its order: most objects come from one place of one program. */
  usual: readonly string[];
}

const createNames = (known: readonly string[]): Names => ({ known: new Set(known), usual: [] });
const namesOf = (schema: { shape: object }): Names => createNames(Object.keys(schema.shape));

const generationNames = namesOf(turnEvent.shape.generation.unwrap());
const contextNames = namesOf(turnEvent.shape.context.unwrap());
const contentPartNames = createNames(['type', 'text']);
const noNames = createNames([]);
const eventNamesOf = createTypeTable(namesOf);

/** Every name that may stand in a path of an answer; all others come from the client's data. */
export const contractNames: ReadonlySet<string> = new Set([
  ...wireEvent.options.flatMap((option) => Object.keys(option.shape)),
  ...generationNames.known,
  ...contextNames.known,
  ...contentPartNames.known,
  ...Object.keys(contextMessage.shape),
]);

/**
 * The fields of an event that the contract does not name, as JSON text with sorted keys: those of the event itself,
 * of `generation`, of `context` and of the parts of `content` (a list as long as the parts), each under its name.
 * @returns undefined when there are none, a fault when they nest too deep
 */
export function extraFromEvent(event: WireEvent): string | Fault | undefined {
  let extra = unknownFields(event, eventNamesOf(event.type) ?? noNames);
  if (event.type === 'turn') {
    if (event.generation)
      extra = withFields(extra, 'generation', unknownFields(event.generation, generationNames));
    if (event.context) extra = withFields(extra, 'context', unknownFields(event.context, contextNames));
  }
  if ((event.type === 'turn' || event.type === 'edit') && typeof event.content !== 'string') {
    const parts = event.content.map((part) => unknownFields(part, contentPartNames));
    if (parts.some((part) => part))
      extra = withFields(
        extra,
        'content',
        parts.map((part) => part ?? {}),
      );
  }
  if (!extra) return undefined;
  for (const [name, value] of Object.entries(extra)) {
    if (isDeeperThan(value, limits.extraDepth)) return tooDeep(contractNames.has(name) ? `/${name}` : '/*');
  }
  return sortedJson(extra);
}

export function tooDeep(path: string): Fault {
  const message = `fields that the contract does not name nest at most ${String(limits.extraDepth)} deep`;
  return { code: 'too_deep', path, message };
}

type Fields = Record<string, unknown>;

/** Objects without a prototype, so that a field named `__proto__` is a field like any other. */
function unknownFields(object: object, names: Names): Fields | undefined {
  let fields: Fields | undefined;
  let asUsual = 0;
  let inOrder = true;
  for (const name in object) {
    // Comparing names costs a third of looking each one up.
    if (name === names.usual[asUsual]) {
      asUsual++;
    } else if (names.known.has(name)) {
      inOrder = false;
    } else {
      fields ??= Object.create(null) as Fields;
      fields[name] = (object as Fields)[name];
    }
  }
  if (!inOrder && !fields) names.usual = Object.keys(object);
  return fields;
}

function withFields(extra: Fields | undefined, name: string, value: unknown): Fields | undefined {
  if (value === undefined) return extra;
  const fields = extra ?? (Object.create(null) as Fields);
  fields[name] = value;
  return fields;
}
