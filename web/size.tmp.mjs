import {build} from 'vite'; import {gzipSync} from 'zlib';
const r = await build({configFile:false,logLevel:'error',build:{write:false,target:'es2022',lib:{entry:process.argv[2],formats:['es'],fileName:'x'},rolldownOptions:{external:[/^react/],output:{minify:true}}}});
for (const o of r[0].output) if (o.code) console.log(o.fileName,o.code.length,gzipSync(o.code,{level:9}).length);
