/**
 * Names by which automatic clients call themselves, compared with their case. Which kinds count follows the crawler
 * part of the ua-parser project's data, which Kong uses; the lists are our own.
 */
const searchEngines = [
  ...['Googlebot', 'AdsBot-Google', 'Mediapartners-Google', 'AppEngine-Google', 'Google-HTTP-Java-Client', 'bingbot'],
  ...['BingPreview', 'msnbot', 'adidxbot', 'Yahoo! Slurp', 'Slurp', 'DuckDuckBot', 'YandexBot', 'Yandex\\w+'],
  ...['Baiduspider', 'BaiduMobaider', 'Yeti', 'Daumoa', 'ia_archiver', 'InternetArchive', 'archive\\.org_bot'],
  ...['heritrix', 'Nutch', 'Sogou web', 'Exabot', 'gigabot', 'MJ12bot', 'Mail\\.RU_Bot', 'ichiro', 'yacy'],
  ...['Teoma', 'Ask Jeeves', 'Applebot', 'Qwantify', 'SeznamBot', 'PetalBot', 'GPTBot', 'CCBot', 'ClaudeBot'],
]
const previews = [
  ...['facebookexternalhit', 'Facebot', 'Twitterbot', 'LinkedInBot', 'Pinterestbot', 'Slackbot', 'Slack-ImgProxy'],
  ...['TelegramBot', 'WhatsApp', 'SkypeUriPreview', 'Discordbot', 'redditbot', 'vkShare', 'Embedly', 'Iframely'],
]
const monitors = [
  ...['Pingdom\\.com_bot_version', 'PingdomTMS', 'HttpMonitor', 'NewRelicPinger', 'GomezAgent', 'Catchpoint', 'PTST/'],
  ...['YottaaMonitor', 'WhatWeb', 'Web-sniffer', 'Xenu Link Sleuth', 'Netvibes', 'NewsGator', 'SimplePie', 'WordPress'],
]
const clients = [
  ...['Apache-HttpClient', 'Go-http-client', 'Python-urllib', 'WinHTTP', 'JNLP', 'TLSProber', 'okhttp', 'axios'],
  ...['reqwest', 'unirest-java', 'http%20client', 'Scrapy', 'larbin', 'htdig', 'WebZIP', 'Wotbox', 'gsa-crawler'],
]
const cloudKits = [
  'Boto3?/',
  'JetS3t/',
  's3fs/',
  'aws-cli/',
  'aws-sdk-(?:cpp|go|java|nodejs|ruby2?|dotnet-(?:\\d+|core))/',
]

/** Older crawlers, readers of feeds and checkers of links that the project's data has too. */
const others = [
  ...[
    '1470\\.net crawler',
    '50\\.nu',
    'Aboundex',
    'Accoona-[A-z]+-Agent',
    'altavista',
    'archiver',
    'BlogBridge',
    'BUbiNG',
  ],
  ...['Bloglovin', 'BotSeer', 'boitho.com-dc', '[Cc]harlotte', 'Checklinks', 'clumboot', 'Feedbin', 'findlinks'],
  ...['Flamingo_SearchEngine', 'furlbot', 'Genieo', 'gonzo1', 'Google SketchUp', 'GoogleOther', 'grub-client'],
  ...[
    'HiddenMarket',
    'holmes',
    'HooWWWer',
    'Icarus6j',
    'IconSurf',
    'IlTrovatore',
    'InfuzApp',
    'Kraken',
    'Kurzor',
    'LEIA',
  ],
  ...[
    'LinkAider',
    'Llaut',
    'lycos',
    'masidani_bot',
    'masscan',
    'mogimogi',
    'mozDex',
    'netresearch',
    '^NING',
    'Nymesis',
  ],
  ...['ObjectsSearch', 'OgScrper', 'OOZBOT', 'Orbiter', 'PagePeeker', 'PagesInventory', 'PaxleFramework', 'Pompos'],
  ...['Read%20Later', 'Reaper', 'RedCarpet', 'Retreiver', 'Riddler', 'Rival IQ', 'scooter', 'Scrubby', 'searchsight'],
  ...['seekbot', 'semanticdiscovery', 'SEOstats', 'SimpleRSS', 'Simpy', 'SiteCon', 'snappy', 'Squrl Java', 'Stringer'],
  ...['Thumbshots\\.ru', 'Tiny Tiny RSS', 'URL2PNG', 'Vagabondo', '^vortex', 'Votay bot', '^voyager', 'WASALive.Bot'],
  ...['WebThumb', 'WeSEE:[A-z]+', 'WIRE', 'www\\.almaden\\.ibm\\.com', 'Yowedo', '^Zao', 'ZooShot', 'ZyBorg'],
  ...['\\b\\w*favicon\\w*\\b', 'scalaj-http', 'unirest-(?:java|python|ruby|nodejs|php|net)', 'YahooSeeker'],
]

const names = [...others, ...searchEngines, ...previews, ...monitors, ...clients, ...cloudKits]

/** Expressions of which one found anywhere in a User-Agent makes its sender a bot. */
export const knownBots: readonly RegExp[] = [
  /spider|crawl/i,
  /[Ss]crape/,
  /(?:[Aa]rchiver|[Ii]ndexer|[Ss]craper|[Bb]ot|[Ss]pider|[Cc]rawl[a-z]*)[/ ]\d/,
  new RegExp(`(?:${names.join('|')})`),
]
