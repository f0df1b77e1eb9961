/**
 * Names in icon sets that differ from Unicode's: emoji label, then its other names. Written by hand; the ones without
 * spaces at the ends of lines are fxemoji's own spellings.
 */
export const synonyms: ReadonlyMap<string, readonly string[]> = new Map(
  `
red apple: apple
airplane: plane, jet, aeroplane, aircraft
automobile: car
hot beverage: coffee, coffee cup, mug, cafe
teacup without handle: tea, teacup, tea cup
ear of corn: corn, maize
hot pepper: pepper, chili, chili pepper
doughnut: donut
beer mug: beer, pint, beer stein
wine glass: wine, glass wine, redwineglass, whitewineglass
cocktail glass: cocktail, martini, glass cocktail
cut of meat: steak, meat
meat on bone: ham
poultry leg: drumstick, chicken leg
hamburger: burger
french fries: fries
steaming bowl: noodles, ramen, noodle, soup, noodle bowl
cooked rice: rice, bowl of rice, rice bowl
birthday cake: cake
ice cream: icecream, popsicle
lollipop: lolly
chocolate bar: chocolate
fork and knife: fork, cutlery, utensils, restaurant
lady beetle: ladybug, ladybird
honeybee: bee, bumblebee
baby chick: duckling, chick
spiral shell: shell, seashell, conch
spouting whale: whale, spurtingwhale
rabbit: hare
rabbit face: bunny
sauropod: dinosaur, brontosaurus, diplodocus
paw prints: paw, paw print
evergreen tree: pine, pine tree, conifer
deciduous tree: tree
leaf fluttering in wind: leaf, leaffluttering, leaves
seedling: sprout
shamrock: clover
blossom: flower
palm tree: palm
cloud with rain: rain, rainy
cloud with snow: snow, snowy
cloud with lightning and rain: thunderstorm, storm, stormcloud
high voltage: lightning, bolt, lightning bolt
sun behind cloud: partly cloudy, partly cloudy day
crescent moon: moon, night, clear night
water wave: wave, waves
fire: flame, campfire
droplet: drop, water drop, raindrop
globe with meridians: globe, meridianglobe, web
globe showing europe-africa: earth, europeafricaglobe
ringed planet: planet, saturn
house: home, hut house
office building: skyscraper, office
factory: warehouse, industry
convenience store: shop, store
hindu temple: temple
sailboat: boat, yacht, sailing boat
passenger ship: cruise, cruise ship, ocean liner
articulated lorry: lorry
delivery truck: truck
minibus: van, shuttle bus
motorcycle: motorbike, motor bike
bicycle: bike
kick scooter: scooter, kickscooter, electric scooter
motor scooter: moped
metro: subway
tram: tramway, streetcar, trolley
fuel pump: gas station, gas pump, fuel
vertical traffic light: traffic light, traffic lights
flying saucer: ufo
rocket: shuttle
balloon: hot air balloon
wrapped gift: gift, present
fireworks: firework
sports medal: medal
american football: football, rugby ball american, american football ball
soccer ball: soccer, soccerball, football soccer
pool 8 ball: billiards, eight ball, billiard, 8 ball, eightball
flag in hole: golf, golf course, golf hole
bullseye: dart, darts, target
game die: dice, dices, die, gamedice
video game: gamepad, controller, game controller
puzzle piece: puzzle, jigsaw
artist palette: palette, paint
performing arts: theater, masks, theater masks, theatre, drama masks, comedy
t-shirt: shirt, tshirt
jeans: trousers, pants
man's shoe: shoe, mensshoe
running shoe: sneaker, sneakers, trainers, running shoes
high-heeled shoe: heels, high heel, stiletto, high heels
woman's boot: boot
hiking boot: boots
top hat: hat, tophat, magician hat
billed cap: cap, baseball cap
rescue worker's helmet: helmet, hard hat, safety helmet, hardhat, construction helmet
necktie: tie
glasses: eyeglasses
sunglasses: sunglass
handbag: bag
gem stone: gem, jewel, gemstone, diamonds, emerald, ruby
microphone: mic
headphone: headphones, headset, earphones
speaker high volume: speaker, speaker3soundwaves, loud speaker, volume
musical keyboard: piano, piano keys, synthesizer
mobile phone: phone, smartphone, cellphone
television: tv, television set, monitor tv
desktop computer: computer, monitor, oldpersonalcomputer, screen, imac
floppy disk: floppy, blackhardshellfloppy, diskette
film frames: film
light bulb: bulb, lamp, lightbulb, idea
red paper lantern: lantern
flashlight: torch
magnifying glass tilted left: magnifying glass, magnifier, leftmagnifyingglass, magnify, loupe
closed book: book
closed mailbox with raised flag: mailbox, closedmailboxraised
file folder: folder, blackfolder
wastebasket: trash, bin, trash can, garbage, rubbish bin
locked: lock, padlock
unlocked: unlock
wrench: spanner
dagger: sword
crossed swords: swords
water pistol: gun, pistol, revolver, water gun, handgun
alembic: flask
adhesive bandage: bandage, bandaid, plaster, band aid
pill: pills
bathtub: bath, bath tub
couch and lamp: sofa, couch, armchair
hourglass done: hourglass
mantelpiece clock: clock, wall clock
alarm clock: alarm
triangular flag: flag
electric plug: plug
orangutan: ape
dog face: puppy
cat face: kitty, kitten
moose: elk
donkey: burro, mule
horse: racehorse
ewe: lamb, sheep
camel: dromedary, dromedary camel
two-hump camel: bactrian camel
llama: alpaca
chipmunk: squirrel
bear: grizzly
bison: buffalo
black bird: crow, raven
turtle: tortoise
snake: serpent, viper, cobra
t-rex: tyrannosaurus, tyrannosaurus rex, trex
jellyfish: medusa
shrimp: prawn
worm: earthworm
cricket: grasshopper
microbe: bacteria, virus, germ, amoeba
hyacinth: lavender
banana: bananas
blueberries: blueberry
eggplant: aubergine
bell pepper: capsicum
leafy green: lettuce, bok choy
root vegetable: turnip, beet, radish
bread: loaf, toast, bread slice
flatbread: naan, pita
hot dog: sausage, hotdog
dumpling: gyoza, dumplings
fried shrimp: tempura
candy: sweets, bonbon
tumbler glass: whiskey, whisky
cup with straw: soda, soft drink
train: rail
police car light: siren
wheel: tire, tyre, car wheel
ring buoy: lifebuoy, lifesaver, life buoy, life ring
motor boat: motorboat
airplane departure: departure, takeoff, plane departure, plane takeoff, flight takeoff
airplane arrival: arrival, landing, plane landing, plane arrival, flight land
cyclone: hurricane, typhoon
tornado: whirlwind
sun: sunny, day sunny, clear day
ice hockey: hockey, hockey puck
ping pong: table tennis
badminton: shuttlecock
sled: sleigh
ice skate: ice skating, ice skates
magic wand: wand
teddy bear: teddy, plush
slot machine: slots
socks: sock
thong sandal: sandal, flip flops, flip flop, sandals
flat shoe: slipper, slippers
backpack: rucksack, schoolbackpack
prayer beads: necklace, rosary
ring: diamond ring, engagement ring
guitar: electric guitar, acoustic guitar
long drum: conga
hamster: hampster
fallen leaf: fallingleaf
locked with key: lockandkey
globe showing asia-australia: asiaaustraliaglobe
globe showing americas: americasglobe
dragon face: dragonhead
front-facing baby chick: frontfacingchick
bullet train: highspeedtrainbulletnose
hear-no-evil monkey: monkeyhear
see-no-evil monkey: monkeysee
speak-no-evil monkey: monkeyspeak
pig nose: pigsnout
control knobs: controlknob, knob, knobs
fish cake with swirl: fishcakeswirl
pen: lowerleftpen, ballpoint
pencil: lowerleftpencil
video camera: handheldvideocamera, videocam, camcorder
chart increasing: chartupwardstrend, trending up
chart decreasing: chartdownwardstrend, trending down
dollar banknote: banknotedollar, banknote, bill
euro banknote: banknoteeuro
pound banknote: banknotepound
yen banknote: banknoteyen
bookmark tabs: bookmarktab
magnifying glass tilted right: rightmagnifyingglass
notebook with decorative cover: notebookdecorativecover
open mailbox with lowered flag: openmailboxlowered
open mailbox with raised flag: openmailboxraised
closed mailbox with lowered flag: closedmailboxlowered
radio: portablestereo
optical disk: opticaldiscicon, cd, compact disc
snow-capped mountain: snowmountains, mountain peak
studio microphone: studiomic
sun behind rain cloud: sunraincloud
tennis: tennisball, tennis racket, tennis racquet
telephone receiver: telephonereceiver2, phone receiver, call
tokyo tower: toykotower
videocassette: videocasette
waning gibbous moon: waningbibbousmoon
star: whitestar
woman's clothes: womansshirt, blouse, dress shirt
bell with slash: bellcancellation
speaker low volume: speakeronesoundwave
muted speaker: speakercancellation
hatching chick: hatching
fox: foxhead, fox head
lion: lion head
wolf: wolf head
castle: medieval castle, fort
classical building: museum, courthouse, parthenon
hut: cabin
ferris wheel: amusement park
roller coaster: rollercoaster
carousel horse: carousel, merry go round
circus tent: circus
world map: map, folded map
compass: navigation compass
camping: campsite
beach with umbrella: beach, parasol, beach umbrella
umbrella with rain drops: rain umbrella
umbrella: umbrellas
trolleybus: trolley bus
helicopter: chopper
canoe: kayak, rowboat
oncoming automobile: car front
bow and arrow: archery, bow arrow
shield: shields
hammer and wrench: tools, tool kit
toolbox: tool box
screwdriver: screw driver
carpentry saw: saw, handsaw, hand saw
ladder: step ladder
mouse trap: mousetrap
roll of paper: toilet paper, paper roll
stethoscope: phonendoscope
drop of blood: blood, blood drop
syringe: vaccine, injection
lotion bottle: lotion, shampoo
safety pin: safetypin
razor: shaver
bucket: pail
shopping cart: cart, trolley cart
kitchen knife: knife, chef knife
spoon: teaspoon
bowl with spoon: bowl, cereal bowl
jar: mason jar
chopsticks: chopstick
teapot: kettle, tea pot
baby bottle: feeding bottle
bottle with popping cork: champagne, champagne bottle
clinking glasses: toast glasses, cheers
glass of milk: milk, milk glass
cheese wedge: cheese
shortcake: cake slice, slice of cake
cupcake: muffin
fried egg: egg fried
cooking: frying pan, pan
pot of food: pot, cooking pot
canned food: canned fish, tin can, can
green apple: apple green
bouquet: flower bouquet
potted plant: plant pot, pot plant, houseplant, flower pot
herb: basil, mint
pine decoration: bamboo
christmas tree: xmas tree
jack-o-lantern: halloween, pumpkin
sparkler: fireworksparkler
firecracker: dynamite, tnt
confetti ball: confetti
party popper: party, celebration
admission tickets: tickets
military medal: medallion
1st place medal: gold medal, first place
basketball: basketball ball
rugby football: rugby, rugby ball
baseball: baseball ball
volleyball: volleyball ball
bowling: bowling ball, bowling pin, bowling strike
fishing pole: fishing, fishing rod
diving mask: snorkel, scuba mask
skis: ski, skiing
flying disc: frisbee
boxing glove: boxing, boxing gloves
martial arts uniform: karate, judo
kite: paper kite
crystal ball: fortune teller
joystick: arcade
chess pawn: pawn, chess
framed picture: picture frame, painting
thread: spool
sewing needle: needle, sewing
lab coat: labcoat
safety vest: vest
gloves: glove, mittens
scarf: scarves
coat: jacket, winter coat
dress: gown
bikini: swimsuit
shorts: short
graduation cap: mortarboard, student cap, academic cap
military helmet: helmet army
crown: king crown, queen crown
woman's hat: sun hat, sunhat
megaphone: bullhorn, megaphone loud
loudspeaker: public address
postal horn: horn, bugle
bell: bell ring
violin: fiddle
saxophone: sax
trumpet: trumpets
drum: drums, snare drum
maracas: maraca
battery: full battery
laptop: notebook computer, macbook
printer: print
keyboard: computer keyboard
computer mouse: mouse simple
trackball: track ball
movie camera: film camera, cinema camera
film projector: projector
camera: photo camera
candle: candles, candlelight
diya lamp: oil lamp
scroll: parchment
newspaper: news
label: tag, price tag
money bag: moneybag, sack dollar, money sack
coin: coins
credit card: creditcard, bank card
receipt: invoice
package: parcel, box, carton
memo: note taking
fountain pen: nib
briefcase: suitcase business
calendar: calendars, date
pushpin: push pin, thumbtack, pin
paperclip: paper clip, attachment
straight ruler: ruler
triangular ruler: set square
scissors: scissor
key: keys
old key: skeleton key
pick: pickaxe
balance scale: scales, weighing scale, scales of justice, balance
white cane: blind cane
link: chain link
hook: fish hook
magnet: horseshoe magnet
test tube: testtube
petri dish: petri
dna: genetics, dna helix
satellite antenna: satellite dish, radar dish
telescope: observatory telescope
microscope: lab microscope
bed: sleeping bed
toilet: wc, water closet
shower: shower head
door: doors
elevator: lift
mirror: hand mirror
window: windows pane
chair: dining chair
coffin: casket
headstone: tombstone, grave, gravestone, rip
moai: stone head
nazar amulet: evil eye
full moon: moon full
sun with face: sun face
first quarter moon: moon first quarter
snowflake: snow flake
snowman without snow: snowman
comet: meteor, shooting star
milky way: galaxy
fog: mist, foggy
wind face: windy
fire extinguisher: extinguisher
bomb: explosive
spider web: spiderweb, cobweb, web spider
hedgehog: porcupine
monkey: chimpanzee
gorilla: kong
pig: hog
boar: wild boar
rooster: cockerel
chicken: hen
dove: pigeon
eagle: hawk, falcon
owl: barn owl
parrot: macaw
bat: vampire bat
fish: fishes
blowfish: pufferfish
shark: great white
octopus: kraken
squid: calamari
crab: crabs
butterfly: moth
ant: ants
beetle: scarab
scorpion: scorpions
lizard: gecko, salamander, iguana
crocodile: alligator
frog: toad
`
    .trim()
    .split('\n')
    .map(line => {
      const [label, names] = line.split(': ');
      return [label!, names!.split(', ')] as const;
    }),
);
