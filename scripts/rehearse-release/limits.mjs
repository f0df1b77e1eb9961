/** Size limits in megabytes, installed alone by npm, including peers; onnxruntime-node takes 288 of the engine's. */
export const limits = {
  '@dgprompt/io': 30,
  '@dgprompt/datasets': 30,
  '@dgprompt/images': 30,
  '@dgprompt/retention': 60,
  '@dgprompt/engine': 370,
  '@dgprompt/guidance': 370,
  '@dgprompt/clip': 420,
  '@dgprompt/prompts': 420,
  '@dgprompt/methods': 420,
  '@dgprompt/pictograms': 110,
  '@dgprompt/bench': 620,
  dgprompt: 620,
};
