import type { TaskName } from './tasks.js';

/** Locations of a task's files. */
export interface TaskFiles {
  split: URL;
  sheet: URL;
}

/** The files of all tasks, spelled out so that Vite and webpack find and copy them. */
export const taskFiles: Readonly<Record<TaskName, TaskFiles>> = {
  mammals: {
    split: new URL('../../data/split_pictograms_mammals.json', import.meta.url),
    sheet: new URL('../../sheets/mammals.png', import.meta.url),
  },
  creatures: {
    split: new URL('../../data/split_pictograms_creatures.json', import.meta.url),
    sheet: new URL('../../sheets/creatures.png', import.meta.url),
  },
  plants: {
    split: new URL('../../data/split_pictograms_plants.json', import.meta.url),
    sheet: new URL('../../sheets/plants.png', import.meta.url),
  },
  food: {
    split: new URL('../../data/split_pictograms_food.json', import.meta.url),
    sheet: new URL('../../sheets/food.png', import.meta.url),
  },
  places: {
    split: new URL('../../data/split_pictograms_places.json', import.meta.url),
    sheet: new URL('../../sheets/places.png', import.meta.url),
  },
  transport: {
    split: new URL('../../data/split_pictograms_transport.json', import.meta.url),
    sheet: new URL('../../sheets/transport.png', import.meta.url),
  },
  weather: {
    split: new URL('../../data/split_pictograms_weather.json', import.meta.url),
    sheet: new URL('../../sheets/weather.png', import.meta.url),
  },
  play: {
    split: new URL('../../data/split_pictograms_play.json', import.meta.url),
    sheet: new URL('../../sheets/play.png', import.meta.url),
  },
  clothing: {
    split: new URL('../../data/split_pictograms_clothing.json', import.meta.url),
    sheet: new URL('../../sheets/clothing.png', import.meta.url),
  },
  devices: {
    split: new URL('../../data/split_pictograms_devices.json', import.meta.url),
    sheet: new URL('../../sheets/devices.png', import.meta.url),
  },
  household: {
    split: new URL('../../data/split_pictograms_household.json', import.meta.url),
    sheet: new URL('../../sheets/household.png', import.meta.url),
  },
};
