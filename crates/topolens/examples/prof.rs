#![allow(missing_docs)]
use std::time::Instant;
use topolens::*;
fn time<T>(name:&str, f: impl Fn()->T){ let mut v:Vec<f64>=(0..5).map(|_|{let t=Instant::now(); let _=f(); t.elapsed().as_secs_f64()}).collect(); v.sort_by(f64::total_cmp); println!("{name:28} {:.4}",v[2]); }
fn main(){ rayon::ThreadPoolBuilder::new().num_threads(2).build_global().unwrap();
 for n in [5000usize,10000]{ let g=synthetic::gaussian(n,512,1).unwrap(); let b=synthetic::gaussian(512,64,2).unwrap(); let _=&b;
 let v:Vec<f32>=g.values().iter().map(|&x| (x.max(0.0)) as f32).collect(); let c=PointCloud::new(v.clone(),n,512).unwrap();
 println!("n {n}");
 time("new cloud",||PointCloud::new(v.clone(),n,512)); time("distinct",||c.distinct().1);
 for k in [2,20,64,100,130]{ time(&format!("neighbors {k}"),||NeighborTable::new(&c,k).unwrap()); }
 let t=NeighborTable::new(&c,130).unwrap();
 time("mle",||Mle::new().estimate_from_neighbors(&t)); time("gride",||Gride::new().estimate_from_neighbors(&t)); time("gride scales",||Gride::new().scales_from_neighbors(&t));
 time("mom",||Mom::new().estimate_from_neighbors(&t)); time("mada",||Mada::new().estimate_from_neighbors(&t)); time("mind",||MindMl::new().estimate_from_neighbors(&t)); time("knn",||Knn::new().estimate_from_neighbors(&t));
 time("geo",||GeoMle::new().estimate_from_neighbors(&t,512)); time("tle",||Tle::new().estimate_from(&c,&t)); time("corrint",||CorrInt::new().estimate_from(&c,&t)); time("fisher",||FisherS::new().estimate(&c)); time("lpca",||LocalPca::new().estimate(&c)); time("ess",||Ess::new().estimate(&c)); time("danco",||Danco::new().estimate(&c));
 for e in dimension_estimators(){ time(e.name,||Dimensions::new(&c,&[e.name]).unwrap().estimates()); }
 let all:Vec<&str>=dimension_estimators().iter().map(|e|e.name).collect(); time("all",||Dimensions::new(&c,&all).unwrap().estimates());
 } }
