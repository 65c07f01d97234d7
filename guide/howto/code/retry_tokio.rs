fn main() {
    let tokio = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
    let answer = tokio.block_on(async {
        let asked = tokio::spawn(async {
            let server = async |attempt| match attempt {
                1 => Err("busy".to_string()),
                _ => Ok("coffee"),
            };
            retry(tokio::time::sleep, &mut Rng::new(), 3, server).await
        });
        asked.await.unwrap()
    });
    assert_eq!(answer, Ok("coffee"));
}
