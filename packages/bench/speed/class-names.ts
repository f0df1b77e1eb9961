/** Fifty classes of the usual length: one word, at times two. */
export const classNames = `
ant, apple, axe, badger, banana, bat, bear, beaver, bell, bicycle, boat, book, bridge, bus, butterfly, cactus, camel, camera, candle,
castle, cat, chair, cherry blossom, clock, cloud, cow, crab, deer, desk lamp, dolphin, drum, eagle, elephant, fire engine, fish, flute, fox, frog,
goat, guitar, hammer, hot air balloon, kite, lemon, lion, mushroom, owl, piano, polar bear, rocket`
  .split(',')
  .map(name => name.trim());
