/** The content of a task. */
export interface TaskPlan {
  /** Title in tables. */
  title: string;
  /** Unicode's emoji subgroups whose names are the classes (named as in `emojibase-data`). */
  subgroups: readonly string[];
}

/**
 * The eleven tasks, as many as the papers have datasets. None of these subgroups has person, skin-tone or flag
 * pictures, and clock faces (subgroup `time`) are left out.
 */
export const tasks = {
  mammals: { title: 'Mammals', subgroups: ['animal-mammal'] },
  creatures: {
    title: 'Birds, reptiles, sea animals and bugs',
    subgroups: ['animal-bird', 'animal-amphibian', 'animal-reptile', 'animal-marine', 'animal-bug'],
  },
  plants: {
    title: 'Plants and produce',
    subgroups: ['plant-flower', 'plant-other', 'food-fruit', 'food-vegetable'],
  },
  food: {
    title: 'Food and drink',
    subgroups: ['food-prepared', 'food-asian', 'food-sweet', 'drink'],
  },
  places: {
    title: 'Places',
    subgroups: ['place-map', 'place-geographic', 'place-building', 'place-religious', 'place-other'],
  },
  transport: { title: 'Transport', subgroups: ['transport-ground', 'transport-water', 'transport-air'] },
  weather: { title: 'Sky and weather', subgroups: ['sky-weather'] },
  play: {
    title: 'Play: sports, games, events, awards and arts',
    subgroups: ['event', 'award-medal', 'sport', 'game', 'arts-crafts'],
  },
  clothing: { title: 'Clothing', subgroups: ['clothing'] },
  devices: {
    title: 'Sound and devices',
    subgroups: ['sound', 'music', 'musical-instrument', 'phone', 'computer', 'light-video'],
  },
  household: {
    title: 'Tools and household',
    subgroups: ['tool', 'lock', 'science', 'medical', 'household', 'dishware'],
  },
} as const satisfies Record<string, TaskPlan>;

/** Name of a task. */
export type TaskName = keyof typeof tasks;

/**
 * Names of the eleven tasks, in table order.
 *
 * @example
 * ```ts
 * import { pictogramTasks } from '@dgprompt/pictograms';
 *
 * console.log(pictogramTasks().slice(0, 3)); // [ 'mammals', 'creatures', 'plants' ]
 * ```
 */
export function pictogramTasks(): string[] {
  return Object.keys(tasks);
}

/** The content of a task; undefined if there is no such task. */
export function taskPlan(name: string): TaskPlan | undefined {
  return Object.hasOwn(tasks, name) ? tasks[name as TaskName] : undefined;
}
