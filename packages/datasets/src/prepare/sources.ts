/** A file of a dataset. */
export interface Source {
  url: string;
  /** Published checksums, in hex. */
  md5?: string;
  sha256?: string;
  /** Its name on disk; files that are not archives keep it in the dataset's folder. */
  file: string;
  /**
   * Names, one of which is in the archive at any depth: the content of its folder becomes that of the dataset's folder.
   */
  holds?: readonly string[];
  /** What is lost without it, in a few words. A file without this is required. */
  without?: string;
}

/** How to download a dataset. */
export interface DownloadRecipe {
  /** Sources, best first; the next one is tried if a file of one cannot be downloaded. */
  ways: readonly (readonly Source[])[];
  /** Names that locate the dataset in a user's archive (`--from`). */
  holds: readonly string[];
  /** What to do if it cannot be downloaded because its terms must be accepted. */
  byHand?: string;
}

/**
 * The hub repository in which the authors of PromptKD (Li et al., CVPR 2024) keep every dataset except ImageNet in
 * CoOp's layout, split files and UCF101's middle frames included; at a fixed revision.
 */
const mirror = (file: string, holds: readonly string[]): readonly Source[] => [
  {
    url: `https://huggingface.co/zhengli97/prompt_learning_dataset/resolve/ceb3112337fb6e1bf71534e355ca5569b63f19a6/${file}`,
    file,
    holds,
  },
];

/** A file that CoOp publishes on Google Drive (the ids are those of its DATASETS page). */
const drive = (id: string, file: string, without: string): Source => ({
  url: `https://drive.google.com/uc?export=download&id=${id}`,
  file,
  without,
});
const split = (id: string, name: string): Source =>
  drive(id, `split_zhou_${name}.json`, "the split is then made from the dataset's own lists by the published rules");
const classNames = drive(
  '1-61f_ol79pViBFDG_IDlUQSwoLcn2XXF',
  'classnames.txt',
  "the class names are then those of ImageNet's classnames.txt next to it",
);
const oxford = 'https://www.robots.ox.ac.uk/~vgg/data';

/*
 * Official hosts first, if they still answer. Checksums are those that torchvision's datasets (and, for SUN397's lists,
 * stable-datasets') publish for the same files; files without one are compared with their first download.
 */
export const recipes: Readonly<Record<string, DownloadRecipe>> = {
  imagenet: {
    ways: [],
    holds: ['images'],
    byHand:
      'ImageNet is given to registered users only: accept its terms at https://image-net.org/download.php, unpack ' +
      'ILSVRC2012_img_train.tar and ILSVRC2012_img_val.tar to <root>/imagenet/images/train and …/val, one folder per class ' +
      "(n01440764, …) in both, and put CoOp's classnames.txt into <root>/imagenet.",
  },
  'caltech-101': {
    ways: [
      [
        {
          url: 'https://data.caltech.edu/records/mzrjq-6wc02/files/caltech-101.zip?download=1',
          file: 'caltech-101.zip',
          md5: '3138e1922a9193bfa496528edbbc45d0',
          holds: ['101_ObjectCategories'],
        },
        split('1hyarUivQE36mY6jSomru6Fjd-JzwcCzN', 'Caltech101'),
      ],
      mirror('caltech-101.zip', ['101_ObjectCategories']),
    ],
    holds: ['101_ObjectCategories'],
  },
  oxford_pets: {
    ways: [
      [
        {
          url: `${oxford}/pets/data/images.tar.gz`,
          file: 'images.tar.gz',
          md5: '5c4f3ee8e5d25df40f4fd59a7f44e54c',
          holds: ['images'],
        },
        {
          url: `${oxford}/pets/data/annotations.tar.gz`,
          file: 'annotations.tar.gz',
          md5: '95a8c909bbe2e81eed6a22bccdf3f68f',
          holds: ['annotations'],
        },
        split('1501r8Ber4nNKvmlFVQZ8SeUHTcdTTEqs', 'OxfordPets'),
      ],
      mirror('oxford_pets.zip', ['images']),
    ],
    holds: ['images', 'annotations'],
  },
  stanford_cars: {
    ways: [mirror('stanford_cars.zip', ['cars_train', 'cars_test'])], // Stanford's own links are dead
    holds: ['cars_train', 'cars_test', 'devkit'],
  },
  oxford_flowers: {
    ways: [
      [
        {
          url: `${oxford}/flowers/102/102flowers.tgz`,
          file: '102flowers.tgz',
          md5: '52808999861908f626f3c1f4e79d11fa',
          holds: ['jpg'],
        },
        {
          url: `${oxford}/flowers/102/imagelabels.mat`,
          file: 'imagelabels.mat',
          md5: 'e0620be6f572b9609742df49c70aed4d',
        },
        drive('1AkcxCXeK_RCGCEC_GvmWxjcjaNhu-at0', 'cat_to_name.json', 'the split file is then needed'),
        split('1Pp0sRXzZFZq15zVOzKjKBu4A9i01nozT', 'OxfordFlowers'),
      ],
      mirror('oxford_flowers.zip', ['jpg']),
    ],
    holds: ['jpg'],
  },
  'food-101': {
    ways: [
      [
        {
          url: 'http://data.vision.ee.ethz.ch/cvl/food-101.tar.gz',
          file: 'food-101.tar.gz',
          md5: '85eeb15f3717b99a5da872d97d918f87',
          holds: ['images', 'meta'],
        },
        split('1QK0tGi096I0Ba6kggatX1ee6dJFIcEJl', 'Food101'),
      ],
      mirror('food101.zip', ['images']),
    ],
    holds: ['images', 'meta'],
  },
  fgvc_aircraft: {
    ways: [
      [
        {
          url: `${oxford}/fgvc-aircraft/archives/fgvc-aircraft-2013b.tar.gz`,
          file: 'fgvc-aircraft-2013b.tar.gz',
          md5: 'd4acdd33327262359767eeaa97a4f732',
          holds: ['images', 'variants.txt'],
        },
      ],
      mirror('fgvc_aircraft.zip', ['images', 'variants.txt']),
    ],
    holds: ['images', 'variants.txt'],
  },
  sun397: {
    ways: [
      [
        {
          // Princeton's link is dead; the same file by its checksum.
          url: 'https://huggingface.co/zhengli97/SUN397_Dataset/resolve/main/SUN397.tar.gz',
          file: 'SUN397.tar.gz',
          md5: '8ca2778205c41d23104230ba66911c7a',
          holds: ['SUN397'],
        },
        {
          url: 'https://3dvision.princeton.edu/projects/2010/SUN/download/Partitions.zip',
          file: 'Partitions.zip',
          md5: '29a205c0a0129d21f36cbecfefe81881',
          holds: ['ClassName.txt', 'Training_01.txt'],
          without: 'the split file is then needed',
        },
        split('1y2RD81BYuiyvebdN-JymPfyWYcd8_MUq', 'SUN397'),
      ],
      mirror('sun397.zip', ['SUN397']),
    ],
    holds: ['SUN397', 'ClassName.txt'],
  },
  dtd: {
    ways: [
      [
        {
          url: `${oxford}/dtd/download/dtd-r1.0.1.tar.gz`,
          file: 'dtd-r1.0.1.tar.gz',
          md5: 'fff73e5086ae6bdbea199a49dfb8a4c1',
          holds: ['images', 'labels'],
        },
        split('1u3_QfB467jqHgNXC00UIzbLZRQCg2S7x', 'DescribableTextures'),
      ],
      mirror('dtd.zip', ['images']),
    ],
    holds: ['images', 'labels'],
  },
  eurosat: {
    ways: [
      [
        {
          url: 'https://huggingface.co/datasets/torchgeo/eurosat/resolve/c877bcd43f099cd0196738f714544e355477f3fd/EuroSAT.zip',
          file: 'EuroSAT.zip',
          md5: 'c8fa014336c82ac7804f0398fcb19387',
          holds: ['2750'],
        },
        split('1Ip7yaCWFi0eaOFUGga0lUdVi_DDQth1o', 'EuroSAT'),
      ],
      mirror('eurosat.zip', ['2750']),
    ],
    holds: ['2750'],
  },
  ucf101: {
    ways: [
      mirror('ucf101.zip', ['UCF-101-midframes']),
      [
        { url: 'https://www.crcv.ucf.edu/data/UCF101/UCF101.rar', file: 'UCF101.rar', holds: ['UCF-101'] },
        {
          url: 'https://www.crcv.ucf.edu/data/UCF101/UCF101TrainTestSplits-RecognitionTask.zip',
          file: 'UCF101TrainTestSplits-RecognitionTask.zip',
          holds: ['ucfTrainTestlist'],
        },
        split('1I0S0q91hJfsV9Gf4xDIjgDq4AqBNJb1y', 'UCF101'),
      ],
    ],
    holds: ['UCF-101-midframes', 'UCF-101', 'ucfTrainTestlist'],
  },
  imagenetv2: {
    ways: [
      [
        {
          url: 'https://huggingface.co/datasets/vaishaal/ImageNetV2/resolve/main/imagenetv2-matched-frequency.tar.gz',
          file: 'imagenetv2-matched-frequency.tar.gz',
          holds: ['imagenetv2-matched-frequency-format-val'],
        },
        classNames,
      ],
      mirror('imagenetv2.zip', ['imagenetv2-matched-frequency-format-val']),
    ],
    holds: ['imagenetv2-matched-frequency-format-val'],
  },
  'imagenet-sketch': { ways: [mirror('imagenet-sketch.zip', ['images'])], holds: ['images'] },
  'imagenet-adversarial': {
    ways: [
      [
        {
          url: 'https://people.eecs.berkeley.edu/~hendrycks/imagenet-a.tar',
          file: 'imagenet-a.tar',
          holds: ['imagenet-a'],
        },
        classNames,
      ],
      mirror('imagenet-adversarial.zip', ['imagenet-a']),
    ],
    holds: ['imagenet-a'],
  },
  'imagenet-rendition': {
    ways: [
      [
        {
          url: 'https://people.eecs.berkeley.edu/~hendrycks/imagenet-r.tar',
          file: 'imagenet-r.tar',
          holds: ['imagenet-r'],
        },
        classNames,
      ],
      mirror('imagenet-rendition.zip', ['imagenet-r']),
    ],
    holds: ['imagenet-r'],
  },
};
