# noglue in a container. Network is needed while it is built, for Debian's and Python's packages, and afterwards only by
# runs that download data.
#
#     docker build -t noglue .
#     docker run --rm -it -v "$PWD:/work" -v noglue:/keep noglue run "Predict churned" --data customers.csv
#
# EXTRAS are those of pyproject.toml; with `images`, `sound` or `series` torch comes from TORCH, its CPU build unless told
# otherwise:
#
#     docker build -t noglue --build-arg EXTRAS=tables,images .
#
# In a plain container bubblewrap may make no name spaces, and Landlock confines the steps, which `noglue doctor` and every
# run say; where a container may make them, bubblewrap does.
FROM python:3.13-slim AS built

ARG EXTRAS=tables,formats,forecast
ARG TORCH=https://download.pytorch.org/whl/cpu
WORKDIR /src
RUN python -m venv /opt/noglue
RUN case ",$EXTRAS," in *,images,*|*,sound,*|*,series,*|*,all,*) \
    /opt/noglue/bin/pip install --no-cache-dir --index-url "$TORCH" torch;; esac
COPY . .
RUN /opt/noglue/bin/pip install --no-cache-dir ".${EXTRAS:+[$EXTRAS]}"

FROM python:3.13-slim

# libgomp1: LightGBM's threads.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 noglue \
    && install --directory --mode 1777 /keep /work
COPY --from=built /opt/noglue /opt/noglue

# /work: the data, and `runs` beside them. /keep: downloads, prepared data, and the key that signs the runs. Whoever is
# named with `--user "$(id -u):$(id -g)"` may write in both.
ENV PATH=/opt/noglue/bin:$PATH \
    HOME=/keep \
    NOGLUE_CACHE=/keep/cache \
    NOGLUE_STATE=/keep/state
USER noglue
WORKDIR /work
VOLUME /keep
ENTRYPOINT ["noglue"]
CMD ["--help"]
