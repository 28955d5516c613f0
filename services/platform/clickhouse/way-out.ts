// Functions by which a statement leaves the database, or has text run as a statement: what people may not name on the local server, whose engine
// confines none of them. Reviewed against all functions of the pinned engine; a test fails when the engine has others. Knows no statement.

/** In lower case. Refused wherever the name stands, for a function's name can be handed on without parentheses: `arrayMap(file, …)`, `APPLY file`. */
export const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set([
  // files: read, or opened for a schema that a setting names
  ...['file', 'catboostevaluate', 'formatrow', 'formatrownonewline'],
  ...['structuretocapnprotoschema', 'structuretoprotobufschema', 'filesystemavailable', 'filesystemcapacity'],
  'filesystemunreserved',
  // models and dictionaries of the server's configuration
  ...['naivebayesclassifier', 'naivebayesclassifierwithprob', 'naivebayesclassifierwithallprobs'],
  // other addresses
  ...['aiclassify', 'aiembed', 'aiextract', 'aigenerate', 'aitranslate'],
  // credentials of a request, the server's configuration and state, its process and its log
  ...['getclienthttpheader', 'getserversetting', 'getmacro', 'getserverport', 'tcpport', 'showcertificate'],
  ...['globalvariable', 'serveruuid', 'getoskernelversion', 'zookeepersessionuptime', 'generateserialid'],
  ...['addresstoline', 'addresstolinewithinlines', 'addresstosymbol', 'logtrace'],
]);

/** Table functions that read nothing from outside and run no text; every other is refused where a parenthesis follows its name. */
export const ALLOWED_TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['generate_series', 'generateseries', 'numbers', 'numbers_mt', 'primes', 'sqlstandardvalues'],
  ...['merge', 'view', 'viewifpermitted', 'zeros', 'zeros_mt'],
]);

/**
 * The others of the pinned engine, in lower case. Besides those that name files and addresses, any that takes a table's structure as text:
 * `ALIAS` and `DEFAULT` in it are run.
 */
export const REFUSED_TABLE_FUNCTIONS: ReadonlySet<string> = new Set(
  `azureblobstorage azureblobstoragecluster cluster clusterallreplicas cosn deltalake deltalakeazure deltalakeazurecluster deltalakecluster deltalakelocal
  deltalakes3 deltalakes3cluster dictionary eval executable file filecluster filesystem format fuzzjson fuzzquery gcs generaterandom hdfs hdfscluster hudi
  hudicluster iceberg icebergazure icebergazurecluster icebergcluster iceberghdfs iceberghdfscluster iceberglocal iceberglocalcluster icebergs3
  icebergs3cluster input jdbc loop mergetreeanalyzeindexes mergetreeanalyzeindexesuuid mergetreeindex mergetreeprojection mergetreetextindex mongodb mysql
  null odbc oss paimon paimonazure paimonazurecluster paimoncluster paimonhdfs paimonhdfscluster paimonlocal paimons3 paimons3cluster postgresql
  prometheusquery prometheusqueryrange redis remote remotesecure s3 s3cluster sqlite timeseriesdata timeseriesmetrics timeseriessamples timeseriesselector
  timeseriestags url urlcluster values viewexplain ytsaurus`.split(/\s+/),
);
