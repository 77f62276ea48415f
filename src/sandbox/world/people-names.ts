import type { Faker } from '@faker-js/faker';
import type { Country } from './places.ts';

// prettier-ignore
const firstNames: Readonly<Record<Country, readonly string[]>> = {
  GB: [
    'Oliver', 'Amelia', 'George', 'Isla', 'Harry', 'Ava', 'Noah', 'Mia', 'Jack', 'Grace', 'Leo', 'Freya', 'Arthur', 'Lily',
    'Muhammad', 'Emily', 'Oscar', 'Sophie', 'Charlie', 'Ella', 'James', 'Ruby', 'William', 'Evie', 'Thomas', 'Alice', 'Henry',
    'Phoebe', 'Samuel', 'Hannah', 'Daniel', 'Lucy', 'Joseph', 'Megan', 'Adam', 'Priya', 'Imran', 'Aisha', 'Rhys', 'Cerys', 'Callum',
    'Eilidh', 'Declan', 'Niamh', 'Gareth', 'Bethan', 'Fiona', 'Graham', 'Helen', 'Ian', 'Karen', 'Malcolm', 'Nigel', 'Pauline', 'Raj',
    'Sandra', 'Stuart', 'Tracey', 'Valerie', 'Wayne',
  ],
  US: [
    'Liam', 'Olivia', 'Ethan', 'Emma', 'Mason', 'Ava', 'Logan', 'Harper', 'Aiden', 'Abigail', 'Jackson', 'Madison', 'Carter', 'Chloe',
    'Wyatt', 'Brooklyn', 'Hunter', 'Savannah', 'Tyler', 'Ashley', 'Brandon', 'Kayla', 'Justin', 'Brittany', 'Kyle', 'Megan', 'Travis',
    'Crystal', 'Dustin', 'Amber', 'Curtis', 'Heather', 'Darrell', 'Tammy', 'Earl', 'Rhonda', 'Gerald', 'Peggy', 'Hector', 'Maria',
    'Javier', 'Rosa', 'Kenji', 'Mei', 'Luis', 'Carmen', 'Marcus', 'Keisha', 'Andre', 'Latoya', 'Nathan', 'Paige', 'Scott', 'Denise',
    'Todd', 'Wendy', 'Victor', 'Yolanda', 'Walter', 'Gloria',
  ],
};
// prettier-ignore
const lastNames: Readonly<Record<Country, readonly string[]>> = {
  GB: [
    'Ackroyd', 'Ainsley', 'Armitage', 'Ashworth', 'Barraclough', 'Bennett', 'Birtwistle', 'Blackwood', 'Bradshaw', 'Campbell',
    'Chadwick', 'Clegg', 'Cooper', 'Crowther', 'Davies', 'Dhillon', 'Douglas', 'Edwards', 'Ellis', 'Evans', 'Fairclough', 'Ferguson',
    'Firth', 'Gallagher', 'Garside', 'Greenwood', 'Griffiths', 'Hargreaves', 'Hartley', 'Haslam', 'Holroyd', 'Hughes', 'Hussain',
    'Illingworth', 'Iqbal', 'Jones', 'Kaur', 'Kendall', 'Khan', 'Lloyd', 'Lockwood', 'MacDonald', 'McKenzie', 'Mistry', 'Morgan',
    'Murgatroyd', 'Naylor', 'Okafor', 'Ormerod', 'Parkinson', 'Patel', 'Pickles', 'Pritchard', 'Quinn', 'Ramsden', 'Robertson',
    'Rowlands', 'Shackleton', 'Shah', 'Sharma', 'Smith', 'Stewart', 'Sutcliffe', 'Sykes', 'Tattersall', 'Taylor', 'Thackray',
    'Thompson', 'Umpleby', 'Vaughan', 'Walker', 'Whitaker', 'Williams', 'Wilson', 'Wright', 'Yates',
  ],
  US: [
    'Abbott', 'Alvarez', 'Anderson', 'Baker', 'Barnes', 'Becker', 'Brooks', 'Butler', 'Calloway', 'Carlson', 'Castillo', 'Chavez',
    'Clark', 'Cohen', 'Collins', 'Cruz', 'Dawson', 'Delgado', 'Diaz', 'Edwards', 'Fischer', 'Flores', 'Foster', 'Garcia', 'Gibson',
    'Goldberg', 'Gonzalez', 'Graham', 'Green', 'Gutierrez', 'Hansen', 'Harris', 'Hayes', 'Henderson', 'Hernandez', 'Hoffman',
    'Howard', 'Jackson', 'Jensen', 'Johnson', 'Kim', 'Kowalski', 'Larson', 'Lee', 'Lewis', 'Lopez', 'Martinez', 'McCoy', 'Meyer',
    'Miller', 'Mitchell', 'Moore', 'Morales', 'Murphy', 'Nelson', 'Nguyen', 'Novak', 'Olson', 'Ortiz', 'Park', 'Peterson', 'Ramirez',
    'Reed', 'Reyes', 'Rivera', 'Rodriguez', 'Russo', 'Sanchez', 'Schmidt', 'Schneider', 'Schultz', 'Sullivan', 'Thomas', 'Torres',
    'Turner', 'Vargas', 'Washington', 'Weber', 'White', 'Yamamoto', 'Zimmerman',
  ],
};
const unusualFirstNames = [
  'Zoë',
  'Łukasz',
  'Siân',
  'Renée',
  'José',
  'Chloë',
  'Jürgen',
  'Åsa',
  'Þóra',
  'Ngọc',
  'Séamus',
  'Małgorzata',
];
const unusualLastNames = [
  'O’Brien',
  'Kowalczyk-Łoś',
  'Núñez',
  'Świątek',
  'Nguyễn',
  'van der Berg',
  'Sørensen',
  'D’Arcy',
];

/** Share of people whose name has letters outside ASCII, a hyphen, an apostrophe or a particle. */
const unusualShare = 0.05;

/** Picks a last name that is common in `country`. */
export function inventLastName(faker: Faker, country: Country): string {
  return faker.helpers.arrayElement(lastNames[country]);
}

/** Invents a first and a last name. */
export function inventPersonName(faker: Faker, country: Country): { firstName: string; lastName: string } {
  const lastName = inventLastName(faker, country);
  if (!faker.datatype.boolean(unusualShare))
    return { firstName: faker.helpers.arrayElement(firstNames[country]), lastName };
  return {
    firstName: faker.helpers.arrayElement(unusualFirstNames),
    lastName: faker.helpers.arrayElement([...unusualLastNames, lastName]),
  };
}
