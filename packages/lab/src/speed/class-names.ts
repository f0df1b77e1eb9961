/** The first fifty classes of Caltech101 in alphabetical order. */
export const classNames = `
accordion, airplane, anchor, ant, barrel, bass, beaver, binocular, bonsai, brain, brontosaurus, buddha, butterfly, camera, cannon, car side,
ceiling fan, cellphone, chair, chandelier, cougar body, cougar face, crab, crayfish, crocodile, crocodile head, cup, dalmatian, dollar bill, dolphin,
dragonfly, electric guitar, elephant, emu, euphonium, ewer, ferry, flamingo, flamingo head, garfield, gerenuk, gramophone, grand piano,
hawksbill, headphone, hedgehog, helicopter, ibis, inline skate, joshua tree`
  .split(',')
  .map(name => name.trim());
